import { refuseModel } from './read-model.ts'

/** How bytes become what a model reads: (value / 255 − mean) / std, in the order of its channels. */
export interface InputScale {
  readonly name: string
  /** Of red, green and blue, on the 0–1 scale, whatever the order is. */
  readonly mean: readonly [number, number, number]
  readonly std: readonly [number, number, number]
  readonly order: 'rgb' | 'bgr'
}

const same = (value: number): readonly [number, number, number] => [value, value, value]

/** The usual ones, by the names that people know. `tf` is `half`: from −1 to 1. */
export const usualScales = {
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], order: 'rgb' },
  half: { mean: same(0.5), std: same(0.5), order: 'rgb' },
  unit: { mean: same(0), std: same(1), order: 'rgb' },
  byte: { mean: same(0), std: same(1 / 255), order: 'rgb' },
  clip: {
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
    order: 'rgb',
  },
  /** Means of ImageNet in bytes, blue first: what Keras calls so. */
  caffe: { mean: [123.68 / 255, 116.779 / 255, 103.939 / 255], std: same(1 / 255), order: 'bgr' },
  tf: { mean: same(0.5), std: same(0.5), order: 'rgb' },
} as const satisfies Record<string, Omit<InputScale, 'name'>>
export type ScaleName = keyof typeof usualScales

export const scaleOf = (name: ScaleName): InputScale => ({ name, ...usualScales[name] })

/** What `--full-input` says; what it leaves out is read from the model. */
export interface InputWish {
  readonly size?: number
  readonly scale?: InputScale
  readonly order?: 'rgb' | 'bgr'
  readonly layout?: 'nchw' | 'nhwc'
}

const isScaleName = (word: string): word is ScaleName => Object.hasOwn(usualScales, word)

function threeNumbers(word: string, text: string): [number, number, number] {
  const values = text.split('/').map(Number)
  const [red, green = red, blue = red] = values
  if (
    red === undefined ||
    green === undefined ||
    blue === undefined ||
    ![red, green, blue].every(Number.isFinite)
  )
    throw refuseModel(`--full-input takes ${word}=R/G/B on the scale from 0 to 1, and "${text}" is none.`, {
      text,
    })
  return [red, green, blue]
}

/**
 * Reads `--full-input`: words with commas between them, in any order. A size in pixels (`224`), a usual scale
 * or `mean=R/G/B` and `std=R/G/B`, `rgb` or `bgr`, `nchw` or `nhwc`. Throws `config-invalid`.
 */
export function parseInputWish(text: string): InputWish {
  let wish: InputWish = {}
  let own: Partial<Pick<InputScale, 'mean' | 'std'>> | undefined
  for (const word of text
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())) {
    const [key = '', value = ''] = word.split('=')
    if (/^\d+$/.test(word)) wish = { ...wish, size: Number(word) }
    else if (isScaleName(word)) wish = { ...wish, scale: scaleOf(word) }
    else if (word === 'rgb' || word === 'bgr') wish = { ...wish, order: word }
    else if (word === 'nchw' || word === 'nhwc') wish = { ...wish, layout: word }
    else if (key === 'mean' || key === 'std') own = { ...own, [key]: threeNumbers(key, value) }
    else
      throw refuseModel(
        `--full-input does not know "${word}". It takes a size (224), one of ${Object.keys(usualScales).join(', ')}, or mean=R/G/B and std=R/G/B, rgb or bgr, nchw or nhwc, with commas between.`,
        { word },
      )
  }
  if (wish.size !== undefined && (wish.size < 8 || wish.size > 512))
    throw refuseModel(`--full-input has a size of ${wish.size}, and 8 to 512 pixels are read.`, {
      size: wish.size,
    })
  if (own?.std?.some((value) => value <= 0) === true)
    throw refuseModel('--full-input has a deviation that is not above 0.', {})
  if (own === undefined) return wish
  return {
    ...wish,
    scale: { name: 'given', mean: own.mean ?? same(0), std: own.std ?? same(1), order: 'rgb' },
  }
}
