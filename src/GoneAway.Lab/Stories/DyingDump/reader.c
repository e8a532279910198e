/* Takes a row, and sleeps as long as its work on it would take. */
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    MYSQL conn;
    MYSQL_RES *result;
    MYSQL_ROW row;
    my_bool reconnect = 0;
    int rows = 0;

    (void)argc;
    mysql_init(&conn);
    mysql_options(&conn, MYSQL_OPT_RECONNECT, &reconnect);
    if (!mysql_real_connect(&conn, argv[1], "app", "secret", "shop", atoi(argv[2]), NULL, 0)) {
        printf("reader: failed to connect: %s\n", mysql_error(&conn));
        return 1;
    }
    mysql_query(&conn, "SHOW VARIABLES LIKE '%timeout%'");
    result = mysql_use_result(&conn);
    while ((row = mysql_fetch_row(result)))
        printf("%-10s: %s\n", row[0], row[1]);
    mysql_free_result(result);
    if (mysql_query(&conn, "SELECT SQL_NO_CACHE * FROM few")) {
        printf("reader: Error %d: %s\n", mysql_errno(&conn), mysql_error(&conn));
        return 1;
    }
    result = mysql_use_result(&conn);
    while ((row = mysql_fetch_row(result))) {
        rows++;
        usleep(2500 * 1000);
    }
    if (mysql_errno(&conn))
        printf("reader: Error %d: %s, after %d rows\n", mysql_errno(&conn), mysql_error(&conn), rows);
    else
        printf("reader: %d rows\n", rows);
    mysql_free_result(result);
    mysql_close(&conn);
    return 0;
}
