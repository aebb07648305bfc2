import { describe, expect, it } from 'vitest'
import { findSplitFolders } from './split-folders.ts'

describe('findSplitFolders', () => {
  it.each([
    [['train', 'test'], { train: 'train', validation: undefined, test: 'test' }],
    [['Train', 'Test'], { train: 'Train', validation: undefined, test: 'Test' }],
    [['train', 'val'], { train: 'train', validation: 'val', test: undefined }],
    [['training', 'validation'], { train: 'training', validation: 'validation', test: undefined }],
    [['TRAIN', 'Val', 'test'], { train: 'TRAIN', validation: 'Val', test: 'test' }],
    [['train'], { train: 'train', validation: undefined, test: undefined }],
  ])('knows %j', (names, splits) => {
    expect(findSplitFolders(names)).toEqual({ ...splits, beside: [] })
  })

  it('says what lies beside the splits', () => {
    expect(findSplitFolders(['train', 'test', 'labels'])?.beside).toEqual(['labels'])
  })

  it('takes folders for classes where they are', () => {
    for (const names of [['cats', 'dogs'], ['train', 'bus', 'car'], ['test', 'control'], []])
      expect(findSplitFolders(names)).toBeUndefined()
  })

  it.each([[['train', 'Train', 'test']], [['train', 'val', 'validation']], [['val', 'test']]])(
    'refuses %j',
    (names) => {
      expect(() => findSplitFolders(names)).toThrow(expect.objectContaining({ code: 'dataset-invalid' }))
    },
  )
})
