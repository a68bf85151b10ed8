/** The first argument of this program when it is started to carry out a build. */
export const workerCommand = 'builder-worker'
