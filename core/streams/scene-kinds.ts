/**
 * What a scene holds. `single`: one class. `pairs`: two different classes, equally often. `places`: the
 * classes of a place. `strange`: of a place that no training walked through and no bundle knows. `iid`: no
 * scenes at all; every frame is one class drawn from all, whatever the mean length says.
 */
export const sceneKinds = ['places', 'strange', 'single', 'pairs', 'iid'] as const
export type SceneKind = (typeof sceneKinds)[number]
