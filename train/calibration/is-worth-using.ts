/**
 * An answer that the device is certain of is to be right more often than wrong, however little the full model
 * knows.
 */
const leastRightOnHits = 0.5

/**
 * Whether a gate may answer on the device as it does here. The accuracy line alone lets a device answer
 * nearly always wrong, as long as the full model does no better: then nobody should be told that anything is
 * certain.
 *
 * @param point what the gate was measured to do on a stream; both are shares
 */
export const isWorthUsing = ({
  coverage,
  accuracyOnHits,
}: {
  readonly coverage: number
  readonly accuracyOnHits: number
}): boolean => coverage === 0 || accuracyOnHits >= leastRightOnHits
