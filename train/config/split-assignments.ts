/** "a=1 b=2", as `--set` takes it, in its parts. */
export const splitAssignments = (text: string | undefined): string[] => text?.split(/\s+/).filter((part) => part !== '') ?? []
