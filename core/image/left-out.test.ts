import { expect, it } from 'vitest'
import { isHiddenPath, LeftOut } from './left-out.ts'

it('says in one line how many files were left out, and why', () => {
  const leftOut = new LeftOut()
  expect(leftOut.sentence()).toBeUndefined()
  for (const name of ['a/1.heic', 'a/2.heic', 'b/3.HEIC']) leftOut.add('heic', name)
  leftOut.add('other', 'notes.txt')
  leftOut.addHidden('a/._1.png')
  leftOut.addHidden('.DS_Store')
  expect(leftOut.counts).toEqual({ heic: 3, other: 1, hidden: 1 })
  expect(leftOut.sentence()).toMatch(
    /^Left out: 3 images in HEIC \(a\/1.heic, a\/2.heic, …\). Save it as JPEG.* 1 file that is no image \(notes.txt\). 1 image that a program keeps for itself \(a\/._1.png\).$/,
  )
  expect(leftOut.sentence()).not.toContain('\n')
})

it('knows a path through what is hidden', () => {
  expect(
    ['cats/1.png', 'cats/._1.png', 'cats/.ipynb_checkpoints/1.png', '@eaDir/1.png'].map(isHiddenPath),
  ).toEqual([false, true, true, true])
})
