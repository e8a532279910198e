// dsn is where the writer sends its batches.
const dsn = "writer:" + password + "@tcp(10.2.2.30:3306)/metrics?timeout=5s&readTimeout=30s&writeTimeout=30s&parseTime=true"
