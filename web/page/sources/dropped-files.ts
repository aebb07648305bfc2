export interface DroppedFiles {
  readonly files: File[]
  /** A folder was among them: names of folders are labels then. */
  readonly isFolder: boolean
}

/** More files than that are not a stream that anybody meant to drop. */
const mostFiles = 50_000

const readAll = async (folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> => {
  const reader = folder.createReader()
  const entries: FileSystemEntry[] = []
  // A reader gives them in parts, and an empty part at the end.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (part.length === 0) return entries
    entries.push(...part)
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile

/** A file of a dropped folder, with the path that a chosen folder's would have. */
async function fileOf(entry: FileSystemFileEntry): Promise<File> {
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
  Object.defineProperty(file, 'webkitRelativePath', { value: entry.fullPath.replace(/^\//, '') })
  return file
}

async function collect(entry: FileSystemEntry, files: File[]): Promise<void> {
  if (files.length >= mostFiles) return
  try {
    if (isFile(entry)) files.push(await fileOf(entry))
    else for (const inner of await readAll(entry as FileSystemDirectoryEntry)) await collect(inner, files)
  } catch {
    // What cannot be read is left out, as an image that is none.
  }
}

/**
 * What was dropped on the page: files as they are, folders with everything in them. To be called within the
 * event.
 */
export async function filesOfDrop(transfer: DataTransfer): Promise<DroppedFiles> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  const plain = [...transfer.files]
  if (!entries.some(({ isDirectory }) => isDirectory)) return { files: plain, isFolder: false }
  const files: File[] = []
  for (const entry of entries) await collect(entry, files)
  return { files, isFolder: true }
}
