// What Effect 4 names or calls otherwise, by the module of Effect 3: the old name, and the new one or a template. In a
// template, `@http/Url` is the module `effect/http/Url`, `$1` the first argument, `$1.key` a property of it, `$*` all
// arguments as they are, and `$0` none of them. `Type.inner` is a member within a member.
const table = {
  Array: `
    isNonEmptyReadonlyArray isReadonlyArrayNonEmpty
    unsafeGet getUnsafe`,
  BigDecimal: `
    lessThanOrEqualTo isLessThanOrEqualTo
    unsafeFromNumber fromNumberUnsafe
    unsafeToNumber toNumberUnsafe`,
  Cause: `
    TimeoutException TimeoutError
    defects ($1).reasons.filter(@Cause.isDieReason).map(({ defect }) => defect)
    failureOption findErrorOption
    failures ($1).reasons.filter(@Cause.isFailReason).map(({ error }) => error)
    isFailure hasFails
    isInterrupted hasInterrupts
    isInterruptedOnly hasInterruptsOnly
    isTimeoutException isTimeoutError`,
  Chunk: `
    isEmpty @Array.isReadonlyArrayEmpty
    isNonEmpty @Array.isReadonlyArrayNonEmpty
    lastNonEmpty @Array.lastNonEmpty
    map @Array.map
    of @Array.of
    toReadonlyArray @Array.fromIterable`,
  Config: `
    Config.Wrap Wrap
    duration Duration
    integer Int
    redacted Redacted
    string String`,
  Context: `
    isTag isKey`,
  DateTime: `
    unsafeMake makeUnsafe`,
  Deferred: `
    unsafeDone doneUnsafe`,
  Duration: `
    DurationInput Input
    decode fromInputUnsafe
    decodeUnknown @Duration.fromInput($* as @Duration.Input)
    greaterThan isGreaterThan
    lessThan isLessThan
    lessThanOrEqualTo isLessThanOrEqualTo`,
  Effect: `
    Effect.Context Services
    Effect.Error Error
    Effect.Success Success
    Latch @Latch.Latch
    Semaphore @Semaphore.Semaphore
    async callback
    catchAll catch
    catchAllCause catchCause
    catchAllDefect catchDefect
    clock @Effect.clockWith(@Effect.succeed)
    dieMessage @Effect.die(new Error($*))
    either result
    fork forkChild
    makeLatch @Latch.make
    makeSemaphore @Semaphore.make
    mapInputContext updateContext
    runtime context
    unsafeMakeLatch @Latch.makeUnsafe
    unsafeMakeSemaphore @Semaphore.makeUnsafe
    withClock @Effect.provideService(@Clock.Clock, $1)
    yieldNow @Effect.yieldNow$0
    zipRight andThen`,
  Either: `
    Either Result
    filterOrLeft filterOrFail
    isLeft isFailure
    isRight isSuccess
    left fail
    mapLeft mapError
    right succeed`,
  Exit: `
    interrupt @Exit.interrupt($0)
    isInterrupted hasInterrupts`,
  Fiber: `
    poll @Effect.sync(() => @Option.fromUndefinedOr(($1).pollUnsafe()))`,
  FileSystem: `
    Size @ByteSize.bytes($*)`,
  HttpClientRequest: `
    bodyUnsafeJson bodyJsonUnsafe`,
  HttpClient: `
    withTracerDisabledWhen @http/HttpClient.transformResponse($1, @Effect.provideService(@http/HttpClient.TracerDisabledWhen, $2))`,
  HttpMiddleware: `
    withTracerDisabledWhen @Layer.provide(@Layer.succeed(@http/HttpMiddleware.TracerDisabledWhen, $1))`,
  HttpRouter: `
    makeRoute route`,
  Layer: `
    Layer.Success Success
    scoped effect
    scopedContext effectContext
    unwrapEffect unwrap`,
  Metric: `
    Metric.Counter Counter
    Metric.Histogram Histogram
    histogram @Metric.histogram($1, { boundaries: $2, description: $3 })
    increment @Metric.modify($*, 1)
    incrementBy modify`,
  MetricBoundaries: `
    fromIterable @Metric.boundariesFromIterable`,
  NodeContext: `
    NodeContext NodeServices`,
  NodeHttpClient: `
    layer layerNodeHttp
    layerUndiciWithoutDispatcher layerUndiciNoDispatcher
    layerWithoutAgent layerNodeHttpNoAgent
    makeAgentLayer layerAgentOptions`,
  Option: `
    fromNullable fromNullishOr
    getRight getSuccess`,
  Predicate: `
    isNullable isNullish
    isObject isObjectKeyword
    isRecord isObject`,
  Random: `
    nextIntBetween @Random.nextIntBetween($*, { halfOpen: true })`,
  Runtime: `
    runPromise @Effect.runPromiseWith($*)`,
  Schedule: `
    andThen concat
    intersect @Schedule.max([$*])
    stop @Schedule.recurs(0)
    tapOutput @Schedule.tap(({ output }) => ($1)(output))
    union @Schedule.min([$*])
    upTo @Schedule.upTo({ duration: $1 })`,
  Schema: `
    NonNegative @Schema.Finite.check(@Schema.isGreaterThanOrEqualTo(0))
    Record @Schema.Record($1.key, $1.value)
    Schema.AnyNoContext @Schema.Codec<any, any>
    Schema.Encoded Codec.Encoded
    Union @Schema.Union([$*])
    between @Schema.check(@Schema.isBetween({ minimum: $1, maximum: $2 }))
    decode decodeEffect
    decodeEither decodeResult
    decodeUnknownEither decodeUnknownResult
    encode encodeEffect
    encodeEither encodeResult
    encodeUnknownEither encodeUnknownResult
    encodedSchema toEncoded
    filter @Schema.check(@Schema.makeFilter($*))
    finite @Schema.check(@Schema.isFinite($*))
    parseJson fromJsonString
    pattern @Schema.check(@Schema.isPattern($*))
    typeSchema toType`,
  Scope: `
    extend provide
    fork @Scope.fork($1)`,
  Stream: `
    Stream.Context Services
    Stream.Error Error
    Stream.Success Success
    catchAll catch
    catchAllCause catchCause
    dieMessage @Stream.die(new Error($*))
    either result
    execute fromEffectDrain
    mapChunks mapArray
    mapChunksEffect mapArrayEffect
    repeatEffectWithSchedule fromEffectSchedule
    tapErrorCause tapCause
    unwrapScoped unwrap`,
  TestContext: `
    TestContext @testing/TestClock.layer()`,
  TestServices: `
    provideLive @testing/TestClock.withLive`
}

/** A text for each `Module.member`. */
export const replacements = Object.fromEntries(
  Object.entries(table).flatMap(([module, lines]) =>
    lines
      .trim()
      .split(/\n\s*/)
      .map((line) => [`${module}.${line.slice(0, line.indexOf(" "))}`, line.slice(line.indexOf(" ") + 1)])
  )
)

/** Methods, by their name alone. */
export const methods = new Map([
  ["annotations", "annotate"],
  ["scoped", "effect"],
  ["scopedLive", "live"],
  ["unsafeCurrentTimeMillis", "currentTimeMillisUnsafe"],
  ["unsafeCurrentTimeNanos", "currentTimeNanosUnsafe"],
  ["unsafeClose", "closeUnsafe"]
])
