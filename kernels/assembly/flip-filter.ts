/** Filter [taps, inputs, outputs] → the same turned by 180° in space and with its channels swapped, [taps, outputs, inputs]. */
export function flipFilter(source: usize, taps: i32, inputs: i32, outputs: i32, target: usize): void {
  for (let tap = 0; tap < taps; tap++) {
    const from = source + tap * inputs * outputs * 4
    const to = target + (taps - 1 - tap) * inputs * outputs * 4
    for (let output = 0; output < outputs; output++) {
      for (let input = 0; input < inputs; input++) {
        store<f32>(to + (output * inputs + input) * 4, load<f32>(from + (input * outputs + output) * 4))
      }
    }
  }
}
