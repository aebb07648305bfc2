import { describe, expect, it } from 'vitest'
import { answerOfAllClasses, answerOfHead, tellableEntropy } from './network-answer.ts'

const said = (...own: number[]) => ({ network: 'p1', own: Float32Array.from(own), isStrange: false })
/** Knows classes 1 and 3 of four. */
const head = { classIndices: [1, 3], prior: [0.25, 0.25, 0.5] }

describe('answerOfAllClasses', () => {
  it('is under the scene, and says how sure the network was of the class without it', () => {
    const { classIndex, probabilities, ownCertainty } = answerOfAllClasses(
      said(0.5, 0.25, 0.25),
      Float32Array.of(0.5, 3, 0.5),
    )
    expect(classIndex).toBe(1)
    expect(probabilities[1]).toBeCloseTo(0.75 / 1.125)
    expect(ownCertainty).toBe(0.25)
  })

  it('says of every class the same where the network computed no number, and is certain of none', () => {
    const { entropyNats, probabilities } = answerOfAllClasses(said(NaN, NaN, NaN, NaN), undefined)
    expect(entropyNats).toBe(Infinity)
    expect([...probabilities]).toEqual([0.25, 0.25, 0.25, 0.25])
    expect(tellableEntropy(entropyNats, probabilities.length)).toBe(Math.log(4))
  })
})

describe('answerOfHead', () => {
  it('names the class of the bundle', () => {
    const { classIndex, entropyNats, ownCertainty } = answerOfHead(said(0, 1, 0), head, 4, undefined)
    expect([classIndex, entropyNats, ownCertainty]).toEqual([3, 0, 1])
  })

  it('is certain of nothing where it says something else', () => {
    expect(answerOfHead(said(0, 0, 1), head, 4, undefined).entropyNats).toBe(Infinity)
  })

  it('says of every class the same where the network computed no number', () => {
    const { entropyNats, probabilities, ownCertainty } = answerOfHead(said(NaN, NaN, NaN), head, 4, undefined)
    expect(entropyNats).toBe(Infinity)
    expect([...probabilities]).toEqual([0.25, 0.25, 0.25, 0.25])
    expect(ownCertainty).toBe(0)
  })
})
