import { positions } from './geometry'

// Each transform is one matrix from both sides, T·d·Tᵗ: columns first, into `work` (36 vectors), then rows. Four channels a vector.

// @ts-ignore: decorator
@inline
function times(factor: f32, value: v128): v128 {
  return f32x4.mul(f32x4.splat(factor), value)
}

// @ts-ignore: decorator
@inline
function inputLine(source: usize, step: usize, target: usize, targetStep: usize): void {
  const d0 = v128.load(source)
  const d1 = v128.load(source + step)
  const d2 = v128.load(source + 2 * step)
  const d3 = v128.load(source + 3 * step)
  const d4 = v128.load(source + 4 * step)
  const d5 = v128.load(source + 5 * step)
  const even = f32x4.sub(d4, times(4, d2))
  const odd = f32x4.sub(d3, times(4, d1))
  const evenTwo = f32x4.sub(d4, d2)
  const oddTwo = times(2, f32x4.sub(d3, d1))
  v128.store(target, f32x4.add(f32x4.sub(times(4, d0), times(5, d2)), d4))
  v128.store(target + targetStep, f32x4.add(even, odd))
  v128.store(target + 2 * targetStep, f32x4.sub(even, odd))
  v128.store(target + 3 * targetStep, f32x4.add(evenTwo, oddTwo))
  v128.store(target + 4 * targetStep, f32x4.sub(evenTwo, oddTwo))
  v128.store(target + 5 * targetStep, f32x4.add(f32x4.sub(times(4, d1), times(5, d3)), d5))
}

/** Bᵗ·d·B of 6x6 inputs, rows `pitch` and pixels `pixel` bytes apart, to 36 planes `plane` bytes apart. */
export function transformInputTile(source: usize, pitch: usize, pixel: usize, target: usize, plane: usize, work: usize): void {
  for (let column: usize = 0; column < 6; column++) inputLine(source + column * pixel, pitch, work + column * 16, 96)
  for (let row: usize = 0; row < 6; row++) inputLine(work + row * 96, 16, target + row * 6 * plane, plane)
}

// @ts-ignore: decorator
@inline
function gradientLine(source: usize, step: usize, target: usize, targetStep: usize): void {
  const g0 = v128.load(source)
  const g1 = v128.load(source + step)
  const g2 = v128.load(source + 2 * step)
  const g3 = v128.load(source + 3 * step)
  const even = f32x4.add(g0, g2)
  const odd = f32x4.add(g1, g3)
  const evenTwo = f32x4.add(g0, times(4, g2))
  const oddTwo = f32x4.add(times(2, g1), times(8, g3))
  v128.store(target, g0)
  v128.store(target + targetStep, f32x4.add(even, odd))
  v128.store(target + 2 * targetStep, f32x4.sub(even, odd))
  v128.store(target + 3 * targetStep, f32x4.add(evenTwo, oddTwo))
  v128.store(target + 4 * targetStep, f32x4.sub(evenTwo, oddTwo))
  v128.store(target + 5 * targetStep, g3)
}

/** A·dy·Aᵗ of 4x4 output gradients: the transpose of `transformOutputTile`. */
export function transformGradientTile(source: usize, pitch: usize, pixel: usize, target: usize, plane: usize, work: usize): void {
  for (let column: usize = 0; column < 4; column++) gradientLine(source + column * pixel, pitch, work + column * 16, 96)
  for (let row: usize = 0; row < 6; row++) gradientLine(work + row * 96, 16, target + row * 6 * plane, plane)
}

// @ts-ignore: decorator
@inline
function outputLine(source: usize, step: usize, target: usize, targetStep: usize): void {
  const m1 = v128.load(source + step)
  const m2 = v128.load(source + 2 * step)
  const m3 = v128.load(source + 3 * step)
  const m4 = v128.load(source + 4 * step)
  const sum = f32x4.add(m1, m2)
  const difference = f32x4.sub(m1, m2)
  const sumTwo = f32x4.add(m3, m4)
  const differenceTwo = f32x4.sub(m3, m4)
  v128.store(target, f32x4.add(f32x4.add(v128.load(source), sum), sumTwo))
  v128.store(target + targetStep, f32x4.add(difference, times(2, differenceTwo)))
  v128.store(target + 2 * targetStep, f32x4.add(sum, times(4, sumTwo)))
  v128.store(target + 3 * targetStep, f32x4.add(f32x4.add(difference, times(8, differenceTwo)), v128.load(source + 5 * step)))
}

/** Aᵗ·m·A: 36 planes to 4x4 outputs, left at the start of `work` behind the first 24 vectors. */
// @ts-ignore: decorator
@inline
export function transformOutputTile(source: usize, plane: usize, work: usize): usize {
  const result = work + 24 * 16
  for (let column: usize = 0; column < 6; column++) outputLine(source + column * plane, 6 * plane, work + column * 16, 96)
  for (let row: usize = 0; row < 4; row++) outputLine(work + row * 96, 16, result + row * 64, 16)
  return result
}

// @ts-ignore: decorator
@inline
function filterLine(source: usize, step: usize, target: usize, targetStep: usize): void {
  const g0 = v128.load(source)
  const g1 = v128.load(source + step)
  const g2 = v128.load(source + 2 * step)
  const outer = times(-1.0 / 6.0, f32x4.add(g0, g2))
  const inner = times(1.0 / 6.0, g1)
  const outerTwo = f32x4.add(times(1.0 / 24.0, g0), times(1.0 / 6.0, g2))
  const innerTwo = times(1.0 / 12.0, g1)
  v128.store(target, times(0.25, g0))
  v128.store(target + targetStep, f32x4.sub(outer, inner))
  v128.store(target + 2 * targetStep, f32x4.add(outer, inner))
  v128.store(target + 3 * targetStep, f32x4.add(outerTwo, innerTwo))
  v128.store(target + 4 * targetStep, f32x4.sub(outerTwo, innerTwo))
  v128.store(target + 5 * targetStep, g2)
}

/** G·w·Gᵗ of 3x3 taps, `tap` bytes apart, to 36 planes. */
// @ts-ignore: decorator
@inline
export function transformFilterTile(source: usize, tap: usize, target: usize, plane: usize, work: usize): void {
  for (let column: usize = 0; column < 3; column++) filterLine(source + column * tap, 3 * tap, work + column * 16, 96)
  for (let row: usize = 0; row < 6; row++) filterLine(work + row * 96, 16, target + row * 6 * plane, plane)
}

// @ts-ignore: decorator
@inline
function filterGradientLine(source: usize, step: usize, target: usize, targetStep: usize): void {
  const m1 = v128.load(source + step)
  const m2 = v128.load(source + 2 * step)
  const m3 = v128.load(source + 3 * step)
  const m4 = v128.load(source + 4 * step)
  const sum = times(-1.0 / 6.0, f32x4.add(m1, m2))
  const sumTwo = f32x4.add(m3, m4)
  const across = f32x4.add(times(1.0 / 6.0, f32x4.sub(m2, m1)), times(1.0 / 12.0, f32x4.sub(m3, m4)))
  v128.store(target, f32x4.add(f32x4.add(times(0.25, v128.load(source)), sum), times(1.0 / 24.0, sumTwo)))
  v128.store(target + targetStep, across)
  v128.store(target + 2 * targetStep, f32x4.add(f32x4.add(sum, times(1.0 / 6.0, sumTwo)), v128.load(source + 5 * step)))
}

/** Gᵗ·du·G: 36 planes to the gradient of 3x3 taps; the transpose of `transformFilterTile`. */
// @ts-ignore: decorator
@inline
export function transformFilterGradientTile(source: usize, plane: usize, target: usize, tap: usize, work: usize): void {
  for (let column: usize = 0; column < 6; column++) filterGradientLine(source + column * plane, 6 * plane, work + column * 16, 96)
  for (let row: usize = 0; row < 3; row++) filterGradientLine(work + row * 96, 16, target + row * 3 * tap, tap)
}

/** Bytes of `work`: 36 vectors, and the 16 outputs behind the first 24 of them. */
export const workBytes: i32 = (positions + 16) * 16
