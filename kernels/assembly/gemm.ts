import { madd } from './madd'

/**
 * Sums over channels for 6 tiles and 8 outputs: m[t][k] = Σ_c v[t][c] · u[c][k].
 * v: groups of 4 channels, `group` bytes apart, in each [tile][4]; u: [channel][8]; m: [tile][8].
 */
function multiplyPanel(v: usize, u: usize, m: usize, groups: i32, group: usize): void {
  let a0 = f32x4.splat(0)
  let a1 = a0
  let b0 = a0
  let b1 = a0
  let c0 = a0
  let c1 = a0
  let d0 = a0
  let d1 = a0
  let e0 = a0
  let e1 = a0
  let f0 = a0
  let f1 = a0
  let x: v128
  let p: v128
  let q: v128
  // Unrolled over the four channels of a group, so that every load has a constant offset.
  for (let index = 0; index < groups; index++) {
    p = v128.load(u)
    q = v128.load(u, 16)
    x = v128.load32_splat(v); a0 = madd(x, p, a0); a1 = madd(x, q, a1)
    x = v128.load32_splat(v, 16); b0 = madd(x, p, b0); b1 = madd(x, q, b1)
    x = v128.load32_splat(v, 32); c0 = madd(x, p, c0); c1 = madd(x, q, c1)
    x = v128.load32_splat(v, 48); d0 = madd(x, p, d0); d1 = madd(x, q, d1)
    x = v128.load32_splat(v, 64); e0 = madd(x, p, e0); e1 = madd(x, q, e1)
    x = v128.load32_splat(v, 80); f0 = madd(x, p, f0); f1 = madd(x, q, f1)
    p = v128.load(u, 32)
    q = v128.load(u, 48)
    x = v128.load32_splat(v, 4); a0 = madd(x, p, a0); a1 = madd(x, q, a1)
    x = v128.load32_splat(v, 20); b0 = madd(x, p, b0); b1 = madd(x, q, b1)
    x = v128.load32_splat(v, 36); c0 = madd(x, p, c0); c1 = madd(x, q, c1)
    x = v128.load32_splat(v, 52); d0 = madd(x, p, d0); d1 = madd(x, q, d1)
    x = v128.load32_splat(v, 68); e0 = madd(x, p, e0); e1 = madd(x, q, e1)
    x = v128.load32_splat(v, 84); f0 = madd(x, p, f0); f1 = madd(x, q, f1)
    p = v128.load(u, 64)
    q = v128.load(u, 80)
    x = v128.load32_splat(v, 8); a0 = madd(x, p, a0); a1 = madd(x, q, a1)
    x = v128.load32_splat(v, 24); b0 = madd(x, p, b0); b1 = madd(x, q, b1)
    x = v128.load32_splat(v, 40); c0 = madd(x, p, c0); c1 = madd(x, q, c1)
    x = v128.load32_splat(v, 56); d0 = madd(x, p, d0); d1 = madd(x, q, d1)
    x = v128.load32_splat(v, 72); e0 = madd(x, p, e0); e1 = madd(x, q, e1)
    x = v128.load32_splat(v, 88); f0 = madd(x, p, f0); f1 = madd(x, q, f1)
    p = v128.load(u, 96)
    q = v128.load(u, 112)
    x = v128.load32_splat(v, 12); a0 = madd(x, p, a0); a1 = madd(x, q, a1)
    x = v128.load32_splat(v, 28); b0 = madd(x, p, b0); b1 = madd(x, q, b1)
    x = v128.load32_splat(v, 44); c0 = madd(x, p, c0); c1 = madd(x, q, c1)
    x = v128.load32_splat(v, 60); d0 = madd(x, p, d0); d1 = madd(x, q, d1)
    x = v128.load32_splat(v, 76); e0 = madd(x, p, e0); e1 = madd(x, q, e1)
    x = v128.load32_splat(v, 92); f0 = madd(x, p, f0); f1 = madd(x, q, f1)
    u += 128
    v += group
  }
  v128.store(m, a0)
  v128.store(m, a1, 16)
  v128.store(m, b0, 32)
  v128.store(m, b1, 48)
  v128.store(m, c0, 64)
  v128.store(m, c1, 80)
  v128.store(m, d0, 96)
  v128.store(m, d1, 112)
  v128.store(m, e0, 128)
  v128.store(m, e1, 144)
  v128.store(m, f0, 160)
  v128.store(m, f1, 176)
}

/**
 * Sums over channels for 4 tiles and 8 outputs: m[t][k] = Σ_c v[t][c] · u[c][k].
 * v: groups of 4 channels, `group` bytes apart, in each [tile][4]; u: [channel][8]; m: [tile][8].
 */
function multiplySmallPanel(v: usize, u: usize, m: usize, groups: i32, group: usize): void {
  let a0 = f32x4.splat(0)
  let a1 = a0
  let b0 = a0
  let b1 = a0
  let c0 = a0
  let c1 = a0
  let d0 = a0
  let d1 = a0
  let x: v128
  let p: v128
  let q: v128
  // Unrolled over the four channels of a group, so that every load has a constant offset.
  for (let index = 0; index < groups; index++) {
    p = v128.load(u)
    q = v128.load(u, 16)
    x = v128.load32_splat(v); a0 = madd(x, p, a0); a1 = madd(x, q, a1)
    x = v128.load32_splat(v, 16); b0 = madd(x, p, b0); b1 = madd(x, q, b1)
    x = v128.load32_splat(v, 32); c0 = madd(x, p, c0); c1 = madd(x, q, c1)
    x = v128.load32_splat(v, 48); d0 = madd(x, p, d0); d1 = madd(x, q, d1)
    p = v128.load(u, 32)
    q = v128.load(u, 48)
    x = v128.load32_splat(v, 4); a0 = madd(x, p, a0); a1 = madd(x, q, a1)
    x = v128.load32_splat(v, 20); b0 = madd(x, p, b0); b1 = madd(x, q, b1)
    x = v128.load32_splat(v, 36); c0 = madd(x, p, c0); c1 = madd(x, q, c1)
    x = v128.load32_splat(v, 52); d0 = madd(x, p, d0); d1 = madd(x, q, d1)
    p = v128.load(u, 64)
    q = v128.load(u, 80)
    x = v128.load32_splat(v, 8); a0 = madd(x, p, a0); a1 = madd(x, q, a1)
    x = v128.load32_splat(v, 24); b0 = madd(x, p, b0); b1 = madd(x, q, b1)
    x = v128.load32_splat(v, 40); c0 = madd(x, p, c0); c1 = madd(x, q, c1)
    x = v128.load32_splat(v, 56); d0 = madd(x, p, d0); d1 = madd(x, q, d1)
    p = v128.load(u, 96)
    q = v128.load(u, 112)
    x = v128.load32_splat(v, 12); a0 = madd(x, p, a0); a1 = madd(x, q, a1)
    x = v128.load32_splat(v, 28); b0 = madd(x, p, b0); b1 = madd(x, q, b1)
    x = v128.load32_splat(v, 44); c0 = madd(x, p, c0); c1 = madd(x, q, c1)
    x = v128.load32_splat(v, 60); d0 = madd(x, p, d0); d1 = madd(x, q, d1)
    u += 128
    v += group
  }
  v128.store(m, a0)
  v128.store(m, a1, 16)
  v128.store(m, b0, 32)
  v128.store(m, b1, 48)
  v128.store(m, c0, 64)
  v128.store(m, c1, 80)
  v128.store(m, d0, 96)
  v128.store(m, d1, 112)
}

/**
 * One position of all tiles of a block: v [C/4][blockTiles][4], u [K/8][C][8] → m [K/8][blockTiles][8]. Six tiles at a time; the last four
 * or fewer as four. What is read and written behind the last tile is nobody's.
 */
export function multiplyBlock(v: usize, u: usize, m: usize, tiles: i32, blockTiles: i32, inputs: i32, panels: i32): void {
  for (let panel = 0; panel < panels; panel++) {
    const filter = u + panel * inputs * 32
    const sums = m + panel * blockTiles * 32
    let tile = 0
    for (; tiles - tile > 4; tile += 6) {
      multiplyPanel(v + tile * 16, filter, sums + tile * 32, inputs >> 2, blockTiles * 16)
    }
    if (tile < tiles) multiplySmallPanel(v + tile * 16, filter, sums + tile * 32, inputs >> 2, blockTiles * 16)
  }
}

/** Sums over tiles for 4 inputs and 8 outputs, added to du: du[c][k] += Σ_t v[t][c] · m[t][k]. Rows of du are `row` bytes apart. */
function accumulatePanel(v: usize, m: usize, du: usize, tiles: i32, row: usize): void {
  const second = du + row
  const third = second + row
  const fourth = third + row
  let a0 = v128.load(du)
  let a1 = v128.load(du, 16)
  let b0 = v128.load(second)
  let b1 = v128.load(second, 16)
  let c0 = v128.load(third)
  let c1 = v128.load(third, 16)
  let d0 = v128.load(fourth)
  let d1 = v128.load(fourth, 16)
  let x: v128
  for (let tile = 0; tile < tiles; tile++) {
    const p = v128.load(m)
    const q = v128.load(m, 16)
    x = v128.load32_splat(v); a0 = f32x4.add(a0, f32x4.mul(x, p)); a1 = f32x4.add(a1, f32x4.mul(x, q))
    x = v128.load32_splat(v, 4); b0 = f32x4.add(b0, f32x4.mul(x, p)); b1 = f32x4.add(b1, f32x4.mul(x, q))
    x = v128.load32_splat(v, 8); c0 = f32x4.add(c0, f32x4.mul(x, p)); c1 = f32x4.add(c1, f32x4.mul(x, q))
    x = v128.load32_splat(v, 12); d0 = f32x4.add(d0, f32x4.mul(x, p)); d1 = f32x4.add(d1, f32x4.mul(x, q))
    v += 16
    m += 32
  }
  v128.store(du, a0)
  v128.store(du, a1, 16)
  v128.store(second, b0)
  v128.store(second, b1, 16)
  v128.store(third, c0)
  v128.store(third, c1, 16)
  v128.store(fourth, d0)
  v128.store(fourth, d1, 16)
}

/** One position of a block's share of the filter gradient: du [C][outputs] += vᵗ · m. */
export function accumulateBlock(v: usize, m: usize, du: usize, tiles: i32, blockTiles: i32, inputs: i32, panels: i32): void {
  const row = panels * 32
  for (let group = 0; group < inputs >> 2; group++) {
    for (let panel = 0; panel < panels; panel++) {
      accumulatePanel(v + group * blockTiles * 16, m + panel * blockTiles * 32, du + group * 4 * row + panel * 32, tiles, row)
    }
  }
}
