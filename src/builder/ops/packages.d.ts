/** Packages without types of their own. */
declare module 'unbzip2-stream'
