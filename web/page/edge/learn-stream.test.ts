import { signal } from '@preact/signals'
import { describe, expect, it } from 'vitest'
import type { BundleList } from '../../../core/wire/frames.ts'
import { learnStreamPattern } from '../../../core/wire/places.ts'
import { createLearnStream, drawStreamName } from './learn-stream.ts'

const listed = (learns?: boolean): BundleList => ({
  defaultBundle: 'b',
  bundles: [
    { id: 'b', description: '', classes: 2, partitions: 1, ...(learns === undefined ? {} : { learns }) },
  ],
})

describe('the name of a stream that is learned from', () => {
  it('is one that the edge takes, and another with each start', () => {
    const names = Array.from({ length: 50 }, drawStreamName)
    for (const name of names) expect(name).toMatch(learnStreamPattern)
    expect(new Set(names).size).toBe(names.length)
  })

  it('is sent only while the person wants it, and only to an edge that learns this bundle', () => {
    const settings = signal({ isLearningPlace: false, edgeUrl: '' })
    const list = signal<BundleList | undefined>(listed(true))
    const stream = createLearnStream(settings, list, 'b')
    expect(stream()).toBeUndefined()
    settings.value = { isLearningPlace: true, edgeUrl: '' }
    const name = stream()
    expect(name).toMatch(learnStreamPattern)
    expect(stream()).toBe(name)
    for (const other of [listed(), listed(false), undefined]) {
      list.value = other
      expect(stream()).toBeUndefined()
    }
    list.value = listed(true)
    settings.value = { isLearningPlace: true, edgeUrl: 'https://elsewhere.test' }
    expect(stream()).toBeUndefined()
  })
})
