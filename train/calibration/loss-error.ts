/**
 * Frames that follow one another share their scene, and with it what went wrong: only blocks that are longer
 * than most scenes are independent enough to be counted.
 */
const blockFrames = 200

/**
 * Standard error of how much accuracy one way to answer a stream loses against another on the same frames, as
 * a share: by the differences of blocks of frames (batch means, Law & Kelton, Simulation Modeling and
 * Analysis). 0 where there are fewer than two blocks.
 *
 * @param reference whether each frame is right (1) or not (0) with the one
 * @param right the same with the other
 */
export function lossError(reference: ArrayLike<number>, right: ArrayLike<number>): number {
  const blocks = Math.floor(reference.length / blockFrames)
  if (blocks < 2) return 0
  let [sum, squares] = [0, 0]
  for (let block = 0; block < blocks; block++) {
    let lost = 0
    for (let frame = block * blockFrames; frame < (block + 1) * blockFrames; frame++)
      lost += (reference[frame] ?? 0) - (right[frame] ?? 0)
    const share = lost / blockFrames
    sum += share
    squares += share * share
  }
  const variance = Math.max(0, squares - (sum * sum) / blocks) / (blocks - 1)
  return Math.sqrt(variance / blocks)
}
