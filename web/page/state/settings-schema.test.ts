import { describe, expect, it } from 'vitest'
import { defaultSettings, parseDemoScript, parseStoredSettings, parseUrlSettings } from './settings-schema.ts'

const url = (query: string) => parseUrlSettings(new URLSearchParams(query))

describe('parseStoredSettings', () => {
  it('gives back what was stored', () => {
    const settings = { bundle: 'walkers', cachePartitions: 3, rate: 'max', thresholdNats: 0.7, maxProbes: 2, edgeUrl: 'https://edge.test' }
    expect(parseStoredSettings(JSON.stringify(settings))).toEqual(settings)
  })

  it('takes the default for each field that is wrong, and keeps the others', () => {
    const text = JSON.stringify({ cachePartitions: 3, rate: 'fast', thresholdNats: -1, bundle: '../x', edgeUrl: 'javascript:alert(1)' })
    expect(parseStoredSettings(text)).toEqual({ ...defaultSettings, cachePartitions: 3 })
  })

  it('takes the defaults where there is nothing, or nonsense', () => {
    for (const text of [null, '', '{', '[1]', '"x"', 'null']) expect(parseStoredSettings(text)).toEqual(defaultSettings)
  })
})

describe('parseUrlSettings', () => {
  it('reads what the address names, and nothing else', () => {
    expect(url('bundle=sample&cache=4&rate=max&threshold=0.5&probes=3&edge=http://127.0.0.1:9000/')).toEqual({
      bundle: 'sample',
      cachePartitions: 4,
      rate: 'max',
      thresholdNats: 0.5,
      maxProbes: 3,
      edgeUrl: 'http://127.0.0.1:9000',
    })
    expect(url('rate=25&utm=1')).toEqual({ rate: 25 })
    expect(url('')).toEqual({})
  })

  it('leaves out what cannot be', () => {
    expect(url('cache=0&rate=never&threshold=x&probes=1.5&edge=ftp://x&bundle=')).toEqual({})
  })
})

describe('parseDemoScript', () => {
  const script = (query: string) => parseDemoScript(new URLSearchParams(query))

  it('reads who walks, and for how many frames', () => {
    expect(script('demo=3,17,3&hold=8')).toEqual({ walkers: [3, 17, 3], hold: 8 })
    expect(script('demo=5')).toEqual({ walkers: [5], hold: 20 })
  })

  it('is none without walkers, and none with impossible ones', () => {
    for (const query of ['', 'hold=8', 'demo=', 'demo=-1', 'demo=a', 'demo=1&hold=0']) expect(script(query)).toBeUndefined()
  })
})
