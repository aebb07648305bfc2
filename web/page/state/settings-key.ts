/** Under which name settings are stored. */
export const settingsKey = 'cachenet-settings'
