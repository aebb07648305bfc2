import { describe, expect, it } from 'vitest'
import { createSiteSession, walkerSites } from './sites.ts'

describe('sites', () => {
  it('have everybody at home somewhere, about twenty people each, and some who are seen at two', () => {
    const sites = walkerSites(226, 12)
    expect(new Set(sites.flatMap(({ identities }) => identities)).size).toBe(226)
    for (const { identities } of sites) {
      expect(identities.length).toBeGreaterThanOrEqual(20)
      expect(identities.length).toBeLessThanOrEqual(21)
      expect(new Set(identities).size).toBe(identities.length)
    }
    expect(new Set(sites.map(({ name }) => name)).size).toBe(12)
    expect(sites.flatMap(({ identities }) => identities).length).toBe(226 + 24)
  })

  it('keep their camera and their background, while clothes and light change', () => {
    const [first, second] = [0, 1].map((session) =>
      createSiteSession(3, { identity: 7, split: 'train', session }),
    )
    expect(second?.background).toEqual(first?.background)
    expect(second?.camera).toEqual(first?.camera)
    expect(second?.clothes).not.toEqual(first?.clothes)
    expect(createSiteSession(4, { identity: 7, split: 'train', session: 0 }).background).not.toEqual(
      first?.background,
    )
  })
})
