/** The settings of @effect/cluster that both engines share. */
import type { ShardingConfig } from "@effect/cluster/ShardingConfig"

/**
 * When a shard goes to another worker, its workflows wait for messages that no longer come, until the termination
 * interrupts them. A call under way cannot be interrupted, and the shard waits for its end. A workflow that has ended
 * is kept in memory for the idle time.
 */
export const sharedSettings = {
  entityTerminationTimeout: "2 seconds",
  entityMaxIdleTime: "5 seconds"
} as const satisfies Partial<ShardingConfig["Type"]>
