/** The settings of @effect/cluster that both engines share. */
import type { ShardingConfig } from "@effect/cluster/ShardingConfig"

/**
 * A workflow whose shard goes to another worker waits for messages that come no more, until the termination interrupts it; a call that is under way cannot be
 * interrupted, and the shard waits for its end. A workflow that has ended is kept for the idle time, with all that it knew.
 */
export const settings = {
  entityTerminationTimeout: "2 seconds",
  entityMaxIdleTime: "5 seconds"
} as const satisfies Partial<ShardingConfig["Type"]>
