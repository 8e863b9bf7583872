const {Effect,Stream,Scope,Option,Chunk,Exit}=await import("effect")
const bytes=new Uint8Array(1400)
const body=()=>new Response(bytes).body
const loop=(b)=>Effect.promise(async()=>{const r=b.getReader();for(;;){const {done}=await r.read();if(done)return}})
const only=process.argv[2];const V={
 reader:Effect.suspend(()=>loop(body())),
 toPull:Effect.suspend(()=>Effect.scoped(Effect.flatMap(Stream.toPull(Stream.fromReadableStream(body,e=>e)),p=>Effect.ignore(Effect.forever(p))))),
 runDrain:Effect.suspend(()=>Stream.runDrain(Stream.fromReadableStream(body,e=>e))),
 runForEachChunk:Effect.suspend(()=>Stream.runForEachChunk(Stream.fromReadableStream(body,e=>e),()=>Effect.void)),
 release:Effect.suspend(()=>Stream.runDrain(Stream.fromReadableStream({evaluate:body,onError:e=>e,releaseLockOnEnd:true}))),
 own:Effect.suspend(()=>{const r=body().getReader();return Effect.ignore(Effect.forever(Effect.flatMap(Effect.tryPromise(()=>r.read()),({done,value})=>done?Effect.fail(1):Effect.succeed(value))))}),
}
for(const k in V) if(!only||k===only){for(let i=0;i<3000;i++)await Effect.runPromise(V[k])}
const res={}
for(let r=0;r<5;r++)for(const k in V) if(!only||k===only){const t=performance.now();for(let i=0;i<3000;i++)await Effect.runPromise(V[k]);(res[k]??=[]).push((performance.now()-t)/3)}
for(const k in res)console.log(k.padEnd(16),res[k].sort((a,b)=>a-b)[2].toFixed(1),"us")
