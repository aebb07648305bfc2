import { sharedCacheName, sharedParameter, storedFile } from '../messages/shared-files.ts'

/** More files than that are not shared in one go; the rest is left out. */
const mostFiles = 100

/**
 * Puts by what another app shares, and sends the browser to the page that plays it. Nothing of it leaves the
 * device.
 */
export async function receiveShare(request: Request): Promise<Response> {
  try {
    const files = (await request.formData()).getAll('files').filter((entry) => entry instanceof File)
    await caches.delete(sharedCacheName)
    const cache = await caches.open(sharedCacheName)
    await Promise.all(
      files
        .slice(0, mostFiles)
        .map((file, index) => cache.put(`/${sharedCacheName}/${index}`, storedFile(file))),
    )
    return Response.redirect(`/?${sharedParameter}=${Math.min(files.length, mostFiles)}`, 303)
  } catch {
    // No room to put it by: the page opens all the same, and its own buttons take files without storing them.
    return Response.redirect('/', 303)
  }
}
