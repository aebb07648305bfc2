import { useMemo } from 'preact/hooks'
import { createEdgeApi } from '../../../../core/client/edge-api.ts'
import { learnsPlaces } from '../../edge/learn-stream.ts'
import { createLearnedPlaces, type LearnedPlaces } from '../../state/learned-places.ts'
import { usePage } from '../page-context.ts'

/** The places of the open bundle; undefined while none is open, and where the edge learns none for it. */
export function useLearnedPlaces(): LearnedPlaces | undefined {
  const { app } = usePage()
  const settings = app.settings.values.value
  const opened = app.bundle.opened.value
  const bundleId = opened?.manifest.id
  const { edgeToken } = settings
  const places = useMemo(
    () =>
      bundleId === undefined
        ? undefined
        : createLearnedPlaces(
            createEdgeApi({ baseUrl: '', token: edgeToken === '' ? undefined : edgeToken }),
            bundleId,
          ),
    [bundleId, edgeToken],
  )
  if (opened === undefined || !learnsPlaces(opened.list.value, opened.manifest.id, settings)) return undefined
  return places
}
