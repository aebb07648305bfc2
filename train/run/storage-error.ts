import { CacheNetError } from '../../core/wire/errors.ts'

/** What the operating system says of a file, in words. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk space that this user may take is used up',
  EFBIG: 'the file would be larger than the disk allows',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the disk is mounted for reading only',
  ENOTDIR: 'a part of its path is a file',
  EISDIR: 'a folder has its name',
  EEXIST: 'a file has the name of one of its folders',
  ENOENT: 'it, or the folder that it is to lie in, is not there',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
  EIO: 'the disk failed',
}

const isReading: ReadonlySet<string> = new Set(['read', 'scandir', 'stat', 'lstat', 'readlink'])

/**
 * The system's error in what was thrown, or in what that was caused by; none where somebody has put it into
 * words already.
 */
function systemError(thrown: unknown): NodeJS.ErrnoException | undefined {
  if (thrown instanceof CacheNetError && thrown.code !== 'engine-failed' && thrown.code !== 'internal')
    return undefined
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (syscall !== undefined && code !== undefined && Object.hasOwn(reasons, code)) return error
  }
  return undefined
}

const goOn =
  'What was written before is whole, and checkpoints stay: when this is mended, go on from them (npm run train with --resume; other commands as they were typed).'

/**
 * A file that could not be read or written, as `storage-failed` in words that end with `advice`; undefined
 * for anything else that was thrown.
 */
export function storageError(thrown: unknown, advice = goOn): CacheNetError | undefined {
  const error = systemError(thrown)
  if (error === undefined) return undefined
  const { code = '', path, syscall = '' } = error
  const what = `${path ?? 'A file'} cannot be ${isReading.has(syscall) ? 'read' : code === 'ENOENT' ? 'opened' : 'written'}: ${reasons[code] ?? code}.`
  return new CacheNetError('storage-failed', `${what} ${advice}`, { code, path }, { cause: error })
}
