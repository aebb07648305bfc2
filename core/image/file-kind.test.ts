import { describe, expect, it } from 'vitest'
import { isHidden, kindOfBytes, kindOfName, kindOfType } from './file-kind.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0))

describe('the kind of a file', () => {
  it('is told by its name', () => {
    for (const name of ['a.jpg', 'A.JPEG', 'a.jpe', 'a.jfif', 'a.png', 'a.webp', 'a.gif', 'a.avif'])
      expect(kindOfName(name)).toBe('image')
    expect(
      ['a.HEIC', 'a.heif', 'a.bmp', 'a.tiff', 'a.txt', '1000001234', 'a.download'].map(kindOfName),
    ).toEqual(['heic', 'heic', 'otherImage', 'otherImage', 'other', 'unknown', 'unknown'])
  })

  it('is told by its media type', () => {
    expect(['image/jpeg', 'image/jpg', 'image/heic', 'image/tiff', 'text/plain', ''].map(kindOfType)).toEqual(
      ['image', 'image', 'heic', 'otherImage', 'other', 'unknown'],
    )
  })

  it('is told by its first bytes', () => {
    const images = [
      '\xff\xd8\xff\xe0',
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      'RIFF\0\0\0\0WEBPVP8 ',
      '\0\0\0\x1cftypavif\0\0\0\0mif1miaf',
      '\0\0\0\x1cftypmif1\0\0\0\0mif1avif',
    ]
    for (const head of images) expect(kindOfBytes(bytes(head))).toBe('image')
    expect(
      [
        '\0\0\0\x18ftypheic\0\0\0\0mif1heic',
        '\0\0\0\x18ftypmif1\0\0\0\0mif1heic',
        'BM\x10',
        'II*\0',
        '\0\0\0\x18ftypmp42',
        'some text',
        '',
      ].map((head) => kindOfBytes(bytes(head))),
    ).toEqual(['heic', 'heic', 'otherImage', 'otherImage', 'other', 'other', 'other'])
  })

  it('does not count what programs keep beside images', () => {
    expect(['.ipynb_checkpoints', '@eaDir', '._x.png', '__MACOSX', 'cats'].map(isHidden)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ])
  })
})
