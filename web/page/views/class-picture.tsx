import type { VNode } from 'preact'
import { usePage } from './page-context.ts'

/**
 * The picture of a class beside its name, where the bundle brings one. It says nothing that the name does not
 * say, so a screen reader passes over it.
 *
 * @param index of the class
 */
export function ClassPicture({ index }: { readonly index: number }): VNode | null {
  const { app } = usePage()
  const url = app.classPictures.value[index]
  if (url === undefined) return null
  return <img class="class-picture" data-testid="class-picture" src={url} alt="" width="32" height="32" />
}
