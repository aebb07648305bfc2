import { describe, expect, it } from 'vitest'
import { broughtModel } from './full-flags.ts'

const refused = expect.objectContaining({ code: 'config-invalid' }) as Error

describe('broughtModel', () => {
  it('is what the flags say of the file', () => {
    expect(broughtModel({ full: 'a.onnx', 'full-input': '224,imagenet', 'dry-run': false })).toEqual({
      model: 'a.onnx',
      input: '224,imagenet',
    })
  })

  it('is none where nothing is said of one', () => {
    expect(broughtModel({ 'dry-run': false })).toBeUndefined()
    expect(broughtModel({ 'full-from': 'runs/a', 'dry-run': false })).toBeUndefined()
  })

  it('refuses what says something of a model that there is not', () => {
    expect(() => broughtModel({ labels: 'labels.txt', 'dry-run': false })).toThrow(refused)
    expect(() => broughtModel({ 'dry-run': true })).toThrow(refused)
  })

  it('refuses two models', () => {
    expect(() => broughtModel({ full: 'a.onnx', 'full-from': 'runs/a', 'dry-run': false })).toThrow(refused)
  })
})
