/** Where the web manifest's `share_target` has other apps post files to. */
export const sharePath = '/share'
/** In the address of the page that is to play what was shared. */
export const sharedParameter = 'shared'
/** Holds what was shared until the page has taken it. */
export const sharedCacheName = 'cachenet-shared'

const nameHeader = 'X-CacheNet-File-Name'

/** A file as Cache Storage keeps it. */
export const storedFile = (file: File): Response =>
  new Response(file, {
    headers: {
      'Content-Type': file.type || 'application/octet-stream',
      [nameHeader]: encodeURIComponent(file.name),
    },
  })

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

export async function fileOfStored(stored: Response): Promise<File> {
  const name = decoded(stored.headers.get(nameHeader) ?? 'shared')
  return new File([await stored.blob()], name, { type: stored.headers.get('Content-Type') ?? '' })
}
