import { describe, expect, it } from 'vitest'
import {
  defaultSettings,
  parseDemoScript,
  parseEdgeLink,
  parseStoredSettings,
  parseUrlSettings,
  settingOf,
  type Settings,
} from './settings-schema.ts'

const url = (query: string) => parseUrlSettings(new URLSearchParams(query))

describe('parseStoredSettings', () => {
  it('gives back what was stored', () => {
    const settings: Settings = {
      ...defaultSettings,
      bundle: 'walkers',
      cachePartitions: 3,
      rate: 'max',
      thresholdNats: 0.7,
      probing: 'least-entropy',
      auditShare: 0.02,
      isSmoothing: true,
      threads: 2,
      theme: 'dark',
      edgeUrl: 'https://edge.test',
      edgeToken: 'secret',
    }
    expect(parseStoredSettings(JSON.stringify(settings))).toEqual(settings)
  })

  it('takes the default for each field that is wrong, and keeps the others', () => {
    const text = JSON.stringify({
      cachePartitions: 3,
      rate: 'fast',
      thresholdNats: -1,
      bundle: '../x',
      edgeUrl: 'javascript:alert(1)',
    })
    expect(parseStoredSettings(text)).toEqual({ ...defaultSettings, cachePartitions: 3 })
  })

  it('takes the defaults where there is nothing, or nonsense', () => {
    for (const text of [null, '', '{', '[1]', '"x"', 'null'])
      expect(parseStoredSettings(text)).toEqual(defaultSettings)
  })
})

describe('parseUrlSettings', () => {
  it('lets no link have frames kept, or shown', () => {
    const links = ['learning=1', 'isLearningPlace=1', 'showing=1', 'isShowingPlaces=1', 'places=1']
    for (const link of links) expect(url(link)).toEqual({})
    expect(defaultSettings).toMatchObject({ isLearningPlace: false, isShowingPlaces: false })
  })

  it('reads what the address names, and nothing else', () => {
    expect(url('bundle=sample&cache=4&rate=max&threshold=0.5&probes=3')).toEqual({
      bundle: 'sample',
      cachePartitions: 4,
      rate: 'max',
      thresholdNats: 0.5,
      maxProbes: 3,
      probing: 'recent-first',
    })
    expect(url('rate=25&utm=1')).toEqual({ rate: 25 })
    expect(url('')).toEqual({})
    expect(url('probing=adaptive&audits=0.05&prefetch=0&smoothing=true&threads=4&theme=dark')).toEqual({
      probing: 'adaptive',
      auditShare: 0.05,
      isPrefetching: false,
      isSmoothing: true,
      threads: 4,
      theme: 'dark',
    })
  })

  it('leaves out what cannot be', () => {
    expect(url('cache=0&threads=5&rate=never&threshold=x&probes=1.5&edge=ftp://x&bundle=')).toEqual({})
  })
})

describe('what the edge’s QR code hands over', () => {
  it('is a token, and an address where the page came from elsewhere', () => {
    expect(parseEdgeLink('#token=abc123')).toEqual({ edgeToken: 'abc123' })
    expect(parseEdgeLink('#token=a.b-c&edge=https://edge.test/')).toEqual({
      edgeToken: 'a.b-c',
      edgeUrl: 'https://edge.test',
    })
    expect(parseEdgeLink('', '?seed=3&edge=https://edge.test/')).toEqual({ edgeUrl: 'https://edge.test' })
    for (const hash of ['', '#cache', '#token=', '#token=a%20b', '#edge=javascript:alert(1)'])
      expect(parseEdgeLink(hash)).toEqual({})
  })

  it('can be typed, and is refused where it cannot be', () => {
    expect([
      settingOf('edgeUrl', 'https://a.test/'),
      settingOf('edgeUrl', 'a.test'),
      settingOf('edgeToken', 'a b'),
      settingOf('edgeUrl', ''),
    ]).toEqual(['https://a.test', undefined, undefined, ''])
  })
})

describe('parseDemoScript', () => {
  const script = (query: string) => parseDemoScript(new URLSearchParams(query))

  it('reads who walks, and for how many frames', () => {
    expect(script('demo=3,17,3&hold=8')).toEqual({ walkers: [3, 17, 3], hold: 8 })
    expect(script('demo=5')).toEqual({ walkers: [5], hold: 20 })
  })

  it('is none without walkers, and none with impossible ones', () => {
    for (const query of ['', 'hold=8', 'demo=', 'demo=-1', 'demo=a', 'demo=1&hold=0'])
      expect(script(query)).toBeUndefined()
  })
})
