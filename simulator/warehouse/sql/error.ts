/** What Redshift answers to a statement; the Data API tells it as the statement's Error. */
export class SqlError extends Error {}
