/** One run of a network on a frame. */
export interface Look {
  /** Id of a partition, or `generalist`. */
  readonly network: string
  /**
   * The network looks again, at the frame's mirror image too: its answer is the mean of what it says of both
   * (test-time augmentation, Simonyan & Zisserman 2015).
   */
  readonly isSecond: boolean
}

/** A network's look at the frame itself. */
export const firstLook = (network: string): Look => ({ network, isSecond: false })
