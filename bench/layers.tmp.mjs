import {createRequire} from "node:module"
process.chdir("/work/main")
const r=(p)=>import(createRequire("/work/main/package.json").resolve(p))
const E=await import("/work/main/node_modules/effect/dist/esm/index.js")
const P=await import("/work/main/node_modules/@effect/platform/dist/esm/index.js")
const {Effect,Stream,Layer,ManagedRuntime,Redacted,Schema,Chunk,Scope}=E
const {HttpClient,HttpClientRequest,FetchHttpClient}=P
import {spawn} from "node:child_process"
const srv=spawn(process.execPath,["bench/dist/server.js"],{stdio:["ignore","pipe","inherit"]})
const base=await new Promise(r=>srv.stdout.once("data",d=>r(String(d).trim())))
const rt=ManagedRuntime.make(FetchHttpClient.layer)
const client=await rt.runPromise(HttpClient.HttpClient)
const plain=HttpClient.withTracerDisabledWhen(client,()=>true)
const scoped=HttpClient.withScope(plain)
const body=JSON.stringify({model:"a/b",prompt:"1024x1"})
const req=()=>HttpClientRequest.post(base+"/images",{headers:{authorization:"Bearer key"}}).pipe(HttpClientRequest.bodyText(body,"application/json"))
const {contenders}=await import("/work/main/bench/dist/contenders.js")
const ours=await contenders.ours(base), sdk=await contenders.sdk(base), raw=await contenders.raw(base)
const rawSignal=async()=>{const c=new AbortController();const res=await fetch(base+"/images",{method:"POST",headers:{authorization:"Bearer key","content-type":"application/json"},body,signal:c.signal});return await res.text()}
const rawSignalAbort=async()=>{const c=new AbortController();const res=await fetch(base+"/images",{method:"POST",headers:{authorization:"Bearer key","content-type":"application/json"},body,signal:c.signal});const t= await res.text();c.abort();return t}
const rawStream=async()=>{const res=await fetch(base+"/images",{method:"POST",headers:{authorization:"Bearer key","content-type":"application/json"},body});const rd=res.body.getReader();let n=0;for(;;){const {done,value}=await rd.read();if(done)break;n+=value.length}return n}
const rawBytes=async()=>{const c=new AbortController();const res=await fetch(base+"/images",{method:"POST",headers:{authorization:"Bearer key","content-type":"application/json"},body:new TextEncoder().encode(body)});return await res.text()}
const rawManual=async()=>{const res=await fetch(base+"/images",{method:"POST",headers:{authorization:"Bearer key","content-type":"application/json"},body,redirect:"manual"});return await res.text()}
const rawAccept=async()=>{const res=await fetch(base+"/images",{method:"POST",headers:{authorization:"Bearer key","content-type":"application/json",accept:"application/json"},body});return await res.text()}
const V={rawManual,rawAccept,
 raw:()=>raw.generate("1024x1"), rawSignal,rawSignalAbort,rawStream,rawBytes,
 text:()=>rt.runPromise(Effect.flatMap(plain.execute(req()),r=>r.text)),
 scopedText:()=>rt.runPromise(Effect.scoped(Effect.flatMap(scoped.execute(req()),r=>r.text))),
 stream:()=>rt.runPromise(Effect.flatMap(plain.execute(req()),r=>Stream.runDrain(r.stream))),
 scopedPull:()=>rt.runPromise(Effect.scoped(Effect.flatMap(scoped.execute(req()),r=>Effect.flatMap(Stream.toPull(r.stream),p=>Effect.ignore(Effect.forever(p)))))),
 abandon:()=>rt.runPromise(Effect.flatMap(Scope.make(),sc=>Effect.flatMap(Effect.provideService(scoped.execute(req()),Scope.Scope,sc),r=>Effect.scoped(Effect.flatMap(Stream.toPull(r.stream),p=>Effect.ignore(Effect.forever(p))))))),
 abandonTimeout:()=>rt.runPromise(Effect.flatMap(Scope.make(),sc=>Effect.flatMap(Effect.provideService(scoped.execute(req()),Scope.Scope,sc),r=>Effect.scoped(Effect.flatMap(Stream.toPull(r.stream),p=>Effect.ignore(Effect.forever(p))))).pipe(Effect.timeoutOption("5 minutes")))),
 scopedPullTimeout:()=>rt.runPromise(Effect.scoped(Effect.flatMap(scoped.execute(req()),r=>Effect.flatMap(Stream.toPull(r.stream),p=>Effect.ignore(Effect.forever(p))))).pipe(Effect.timeoutOption("5 minutes"))),
 ours:()=>ours.generate("1024x1"), oursModels:()=>ours.listModels(), sdk:()=>sdk.generate("1024x1"),sdkModels:()=>sdk.listModels(),rawModels:()=>raw.listModels()}
const only=process.argv[2]?.split(",")
const N=Number(process.argv[3]??400)
const res={}
for(const k in V) if(!only||only.includes(k)) {for(let i=0;i<300;i++)await V[k]()}
for(let round=0;round<5;round++)for(const k in V) if(!only||only.includes(k)){const t=performance.now();const c=process.cpuUsage();for(let i=0;i<N;i++)await V[k]();(res[k]??=[]).push([(performance.now()-t)/N,(d=>(d.user+d.system)/1000/N)(process.cpuUsage(c))])}
for(const k in res){const m=(j)=>res[k].map(x=>x[j]).sort((a,b)=>a-b)[2].toFixed(3);console.log(k.padEnd(16),m(0),"cpu",m(1))}
srv.kill();process.exit(0)
