/**
 * An image seen in a mirror: each row of RGB bytes from its end to its start.
 *
 * @param rgb [height, width, 3]
 */
export function mirrorRgb(rgb: Uint8Array, width: number): Uint8Array {
  const target = new Uint8Array(rgb.length)
  const rowBytes = width * 3
  for (let row = 0; row < rgb.length; row += rowBytes) {
    for (let left = row, right = row + rowBytes - 3; right >= row; left += 3, right -= 3) {
      target[right] = rgb[left] ?? 0
      target[right + 1] = rgb[left + 1] ?? 0
      target[right + 2] = rgb[left + 2] ?? 0
    }
  }
  return target
}
