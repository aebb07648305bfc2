/**
 * What a file is, as far as images go. `image`: trainer, page and replay all take it. `heic` and
 * `otherImage`: an image that they leave out, and say so. `other`: no image. `unknown`: neither name nor type
 * says, so its first bytes have to.
 */
export type FileKind = 'image' | 'heic' | 'otherImage' | 'other' | 'unknown'

/** What is taken everywhere, in words. */
export const imageFormats = 'JPEG, PNG, WebP, GIF and AVIF'

export const heicAdvice =
  'Save it as JPEG: on a Mac with Preview, on an iPhone by choosing Settings, Camera, Formats, Most Compatible before the next photo.'

/** So many first bytes of a file tell its kind. */
export const headBytes = 64

const imageName = /\.(jpe?g|jpe|jfif|pjpeg|pjp|png|apng|webp|gif|avif)$/i
const heicName = /\.(heic|heif|hif|heics|heifs)$/i
const otherImageName =
  /\.(bmp|dib|tiff?|svgz?|ico|cur|jxl|jp2|j2k|jpx|psd|xcf|pnm|ppm|pgm|pbm|tga|exr|hdr|dng|cr2|cr3|nef|arw|raf|orf|rw2|pef|srw)$/i
/** Of programs' files that lie beside images by the thousand: not worth a look into each. */
const otherName =
  /\.(txt|md|json|jsonl|csv|tsv|xml|ya?ml|html?|pdf|zip|gz|tar|xz|7z|py|ipynb|js|ts|mat|npy|npz|pt|h5|db|log|ini|mp4|m4v|mov|webm|mkv|avi|mp3|wav|aae)$/i

/** By the last part of a path. */
export function kindOfName(name: string): FileKind {
  if (imageName.test(name)) return 'image'
  if (heicName.test(name)) return 'heic'
  if (otherImageName.test(name)) return 'otherImage'
  return otherName.test(name) ? 'other' : 'unknown'
}

/** By a media type, as browsers and senders give it; '' is none. */
export function kindOfType(type: string): FileKind {
  if (/^image\/(jpe?g|pjpeg|png|x-png|apng|webp|gif|avif)$/i.test(type)) return 'image'
  if (/^image\/hei[cf](-sequence)?$/i.test(type)) return 'heic'
  if (/^image\//i.test(type)) return 'otherImage'
  return type === '' || type === 'application/octet-stream' ? 'unknown' : 'other'
}

const heicBrands = new Set(['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'hevm', 'hevs', 'mif1', 'msf1'])

/** TIFF, BMP, JPEG XL bare and boxed, JPEG 2000, Photoshop, SVG. */
const otherImageStarts = ['II*\0', 'MM\0*', 'BM', '\xff\n', '\0\0\0\fJXL ', '\0\0\0\fjP  ', '8BPS', '<svg']

/** By its first bytes (`headBytes` of them, or all): the one sign that does not lie. */
export function kindOfBytes(head: Uint8Array): FileKind {
  const text = String.fromCharCode(...head.subarray(0, headBytes))
  if (
    text.startsWith('\xff\xd8\xff') ||
    text.startsWith('\x89PNG\r\n\x1a\n') ||
    /^GIF8[79]a/.test(text) ||
    /^RIFF[^]{4}WEBP/.test(text)
  )
    return 'image'
  if (text.slice(4, 8) === 'ftyp') {
    // The brands: first the main one, then, behind a version, those that it is compatible with.
    const brands = [text.slice(8, 12), ...(text.slice(16).match(/[^]{4}/g) ?? [])]
    if (brands.includes('avif') || brands.includes('avis')) return 'image'
    return heicBrands.has(brands[0] ?? '') ? 'heic' : 'other'
  }
  return otherImageStarts.some((start) => text.startsWith(start)) ? 'otherImage' : 'other'
}

/** Folders and files that programs keep beside the images of people: caches, thumbnails, resource forks. */
export const isHidden = (name: string): boolean =>
  name.startsWith('.') ||
  name === '@eaDir' ||
  name === '__MACOSX' ||
  name === '#recycle' ||
  name === 'Thumbs.db'
