/** The first argument of this program when it is started to carry out a build, or the steps in images of a stage. */
export const workerCommand = 'builder-worker'
export const stepWorkerCommand = 'step-worker'
