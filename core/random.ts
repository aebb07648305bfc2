import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/**
 * The one seeded generator of the project. The same seed gives the same numbers, in Node and in a browser.
 */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number
  /**
   * Uniform whole number in [0, n), without modulo bias. `n` is a whole number of at least 1, or a
   * RangeError.
   */
  integer(n: number): number
  /** Standard normal: mean 0, variance 1. */
  normal(): number
  /** Fisher–Yates in place; returns the same array. */
  shuffle<T extends Shuffleable>(array: T): T
  /** One element, each as likely. RangeError if there is none. */
  pick<T>(array: readonly T[]): T
  /**
   * Geometric number of trials up to the first success, at least 1, with the given mean (at least 1, or a
   * RangeError).
   */
  geometric(meanLength: number): number
  /**
   * Everything there is to know, for a checkpoint: `restoreRandom` goes on bit for bit, forks included.
   * Survives JSON.
   */
  state(): number[]
  /**
   * An independent stream named `label`. It hangs on the original seed alone, not on what was drawn since.
   */
  fork(label: string): Random
}

/** An ordinary array or a typed one, such as a permutation in a `Uint32Array`; not a readonly one. */
type Shuffleable = unknown[] | Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array

/** 128 bits: the state of xoroshiro128+ (Blackman & Vigna 2018), whose only bad value is all zeros. */
type Words = readonly [number, number, number, number]

/** Seeds of different type are different seeds: 1 and '1' start different streams. */
export function createRandom(seed: number | string): Random {
  const origin = hash(`${typeof seed}:${seed}`, [0, 0, 0, 0])
  return fromWords(origin, origin)
}

/** RangeError unless `state` came from `state()`. */
export function restoreRandom(state: readonly number[]): Random {
  const [a, b, c, d, e, f, g, h] = state
  const isWhole =
    state.length === 8 &&
    state.every((word) => Number.isInteger(word)) &&
    state.slice(4).some((word) => word !== 0)
  if (!isWhole || a === undefined || b === undefined || c === undefined || d === undefined) throw badState()
  if (e === undefined || f === undefined || g === undefined || h === undefined) throw badState()
  return fromWords([a, b, c, d], [e, f, g, h])
}

const badState = (): RangeError => new RangeError('not a state of the random generator')

function fromWords(origin: Words, current: Words): Random {
  const generator = xoroshiro128plusFromState(current)
  const next = (): number => uniformFloat64(generator)

  const integer = (n: number): number => {
    if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`no whole number in [0, ${n})`)
    return uniformInt(generator, 0, n - 1)
  }

  return {
    next,
    integer,
    // Box & Muller 1958. Its second value is dropped, so that the state stays eight words. 1 - u is in (0,
    // 1].
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle: (array) => {
      const values: { [index: number]: unknown } = array
      for (let last = array.length - 1; last > 0; last--) {
        const other = integer(last + 1)
        const kept = values[last]
        values[last] = values[other]
        values[other] = kept
      }
      return array
    },
    pick: <T>(array: readonly T[]): T => array[integer(array.length)] as T,
    // Inverse of the distribution function. At mean 1 the divisor is -Infinity, and the length always 1.
    geometric: (meanLength) => {
      if (!(meanLength >= 1)) throw new RangeError(`a geometric length cannot have the mean ${meanLength}`)
      return 1 + Math.floor(Math.log(1 - next()) / Math.log1p(-1 / meanLength))
    },
    state: () => [...origin, ...generator.getState()],
    fork: (label) => {
      const forked = hash(label, origin)
      return fromWords(forked, forked)
    },
  }
}

/**
 * Mixes a text into 128 bits: four lanes of xor and multiply, crossed and finished as MurmurHash3 (Appleby,
 * public domain).
 */
function hash(text: string, start: Words): Words {
  let a = start[0] ^ 0x9e3779b9
  let b = start[1] ^ 0x243f6a88
  let c = start[2] ^ 0xb7e15162
  let d = start[3] ^ 0x6a09e667
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = b ^ Math.imul(a ^ unit, 0x85ebca6b)
    b = c ^ Math.imul(b ^ unit, 0xc2b2ae35)
    c = d ^ Math.imul(c ^ unit, 0x27d4eb2f)
    d = a ^ Math.imul(d ^ unit, 0x165667b1)
  }
  for (let round = 0; round < 3; round++) {
    a = finish(a ^ d)
    b = finish(b ^ a)
    c = finish(c ^ b)
    d = finish(d ^ c)
  }
  return [a, b, c, d | 1]
}

function finish(word: number): number {
  let mixed = word ^ (word >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
