/** Below this the images that were measured on are so few that a figure needs its interval. */
export const fewImages = 1000

/** 95 % of a normal distribution lie within so many deviations. */
const deviations = 1.96

/**
 * Where the true share lies, 19 times of 20, when `share` of `images` independent images were so: Wilson's
 * score interval (1927), which holds for few images and for shares near 0 and 1 too.
 */
export function wilsonInterval(share: number, images: number): [low: number, high: number] {
  if (images <= 0) return [0, 1]
  const z2 = deviations ** 2
  const middle = (share + z2 / (2 * images)) / (1 + z2 / images)
  const half =
    (deviations / (1 + z2 / images)) * Math.sqrt((share * (1 - share)) / images + z2 / (4 * images ** 2))
  return [Math.max(0, Math.min(share, middle - half)), Math.min(1, Math.max(share, middle + half))]
}

/**
 * "91.2 %" where it was measured on a thousand images or more, "91 % (87–94)" where on fewer: there a decimal
 * would be made up, and the interval is what is known. A dash where there was no image.
 *
 * @param space before the sign: one that does not break, where lines do
 */
export function measuredShare(share: number, images: number, space = ' '): string {
  if (images <= 0) return '–'
  if (images >= fewImages) return `${(share * 100).toFixed(1)}${space}%`
  const [low, high] = wilsonInterval(share, images)
  const whole = (value: number): string => (value * 100).toFixed(0)
  return `${whole(share)}${space}%${space}(${whole(low)}–${whole(high)})`
}
