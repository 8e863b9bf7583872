import {Effect,Layer,ManagedRuntime,Redacted,Stream} from "effect"
import {HttpClient,HttpClientResponse} from "@effect/platform"
import * as Client from "effect-openrouter-images/Client"
import * as Images from "effect-openrouter-images/Images"
const enc=new TextEncoder()
const gen=enc.encode(JSON.stringify({created:1748372400,data:[{b64_json:Buffer.alloc(1024,7).toString("base64"),media_type:"image/png"}],usage:{ prompt_tokens: 10, completion_tokens: 4175, total_tokens: 4185, cost: 0.04 }}))
const {spawn}=await import("node:child_process")
const srv=spawn(process.execPath,["dist/server.js"],{stdio:["ignore","pipe","inherit"]})
const base=await new Promise(r=>srv.stdout.once("data",d=>r(String(d).trim())))
const models=new Uint8Array(await (await fetch(base+"/images/models")).arrayBuffer());srv.kill()
const headers={"content-type":"application/json"}
// a response without fetch: only what the library reads
const res=(request,body)=>({request,status:200,headers,stream:Stream.succeed(body),[HttpClientResponse.TypeId]:HttpClientResponse.TypeId})
const http=HttpClient.make((request)=>Effect.map(Effect.promise(()=>Promise.resolve()),()=>res(request,request.method==="GET"?models:gen)))
const rt=ManagedRuntime.make(Images.layer.pipe(Layer.provide(Client.layer({apiKey:Redacted.make("key-abcdefgh"),baseUrl:"http://x.y/api/v1"})),Layer.provide(Layer.succeed(HttpClient.HttpClient,http))))
const V={bare:()=>rt.runPromise(Effect.flatMap(http.get("http://x.y"),r=>Stream.runDrain(r.stream))),gen:()=>rt.runPromise(Images.generate({model:"author/model-1",prompt:"1024x1"})),models:()=>rt.runPromise(Images.listModels())}
const only=process.argv[2]?.split(",")
const N=Number(process.argv[3]??3000)
const out={}
for(const k in V) if(!only||only.includes(k)) {for(let i=0;i<1000;i++)await V[k]()}
for(let round=0;round<5;round++)for(const k in V) if(!only||only.includes(k)){const t=performance.now();for(let i=0;i<N;i++)await V[k]();(out[k]??=[]).push(1000*(performance.now()-t)/N)}
for(const k in out)console.log(k.padEnd(10),out[k].sort((a,b)=>a-b)[2].toFixed(1),"us")
