/** Where things are in the pod of a runner. */

/** Of the pod alone: the code, what the run has said, the way in. */
export const room = '/slipway'
/** The data folder of the run: a claim keeps it, or it goes with the pod. */
export const data = '/slipway-data'

export const socketIn = (dir: string): string => `${dir}/socket`
export const bridgeIn = (dir: string): string => `${dir}/line`
export const journalIn = (dir: string): string => `${dir}/said`

/** First arguments of this program there: what the container starts, and what that starts for the run. */
export const runnerCommand = 'runner'
export const sentRunCommand = 'sent-run'
