using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class TranslatedServerLogTests
{
    private static Sighting One(string text) => Assert.Single(Read.Lines(text).Sightings, static one => one.Sign != Sign.ServerNotesLogged);

    [Theory]
    [InlineData("2026-11-21  8:41:52 5 [Warning] 接続 5 が中断されました。データベース: 'shop' ユーザー: 't' ホスト: '10.0.0.7' (パケットの受信でエラーが発生しました。)", Sign.AbortedReadError, 1158)]
    [InlineData("2026-11-21  8:41:52 5 [Warning] 接続 5 が中断されました。データベース: 'shop' ユーザー: 't' ホスト: '10.0.0.7' ('max_allowed_packet'よりも大きなパケットを受信しま\ufffd)", Sign.AbortedPacketTooLarge, 1153)]
    [InlineData("2026-11-21  8:42:15 5 [Warning] 终止的连接 5 到数据库: 'shop' 用户: 't' 主机: '10.0.0.7' (读取通信数据包出错)", Sign.AbortedReadError, 1158)]
    [InlineData("2026-11-21  8:42:06 5 [Warning] Abortada conexión 5 a la base de datos: 'shop' usuario: 't' equipo: '10.0.0.7' (Obtenido un error leyendo paquetes de comunicación)", Sign.AbortedReadError, 1158)]
    [InlineData("2026-11-21  8:42:06 5 [Warning] Abbruch der Verbindung 5 zur Datenbank 'shop'. Benutzer: 't', Host: '10.0.0.7' (Zeitüberschreitung beim Lesen eines Kommunikationspakets)", Sign.AbortedReadTimeout, 1159)]
    [InlineData("2026-11-21  8:42:06 5 [Warning] Connection 5 avortée vers la bd: 'shop' utilisateur: 't' hôte: '10.0.0.7' (Erreur de lecture des paquets reçus)", Sign.AbortedReadError, 1158)]
    [InlineData("2026-11-21  8:42:06 5 [Warning] Прервано соединение 5 к базе данных 'shop' пользователя 't' с хоста '10.0.0.7' (Получена ошибка в процессе получения пакета через коммуникационный протокол)", Sign.AbortedReadError, 1158)]
    public void An_aborted_connection_in_other_languages_is_taken_apart_all_the_same(string line, Sign sign, int code)
    {
        Sighting found = One(line);
        Assert.Equal((sign, code, 5u, "shop", "t", "10.0.0.7"), (found.Sign, found.Code!.Value, found.ThreadId, found.Schema, found.User, found.ClientHost));
    }

    [Theory]
    [InlineData("2026-11-21  8:42:06 0 [Warning] 终止的连接 0 到数据库: 'unconnected' 用户: 'unauthenticated' 主机: 'connecting host' (太多连接)", Sign.TooManyConnectionsLogged)]
    [InlineData("2026-11-21  8:42:06 0 [Note] /usr/sbin/mariadbd: bereit für Verbindungen.", Sign.ServerReady)]
    [InlineData("2026-11-21T08:42:30.632335Z 22 [Note] [MY-010914] [Server] Pakete nicht in der richtigen Reihenfolge empfangen", Sign.ServerPacketsOutOfOrder)]
    [InlineData("2026-11-21T08:42:30.741876Z 23 [Note] [MY-010914] [Server] Fehler beim Lesen eines Kommunikationspakets", Sign.AbortedUnauthenticated)]
    [InlineData("2026-11-21T08:42:32.878131Z 27 [Note] [MY-010914] [Server] Zeitüberschreitung beim Lesen eines Kommunikationspakets", Sign.HandshakeTimedOut)]
    [InlineData("2026-11-21T08:42:30.742078Z 24 [Note] Zu viele Verbindungen", Sign.TooManyConnectionsLogged)]
    public void Messages_without_a_connection_are_known_by_their_text(string line, Sign sign) => Assert.Equal(sign, One(line).Sign);

    [Theory]
    [InlineData("2026-11-21  8:42:06 5 [Warning] Die Verbindungen werden gezählt")]
    [InlineData("2026-11-21T08:42:30.894223Z 30 [Note] [MY-010914] [Server] Unbekannte Datenbank 'nodb'")]
    public void Other_messages_in_other_languages_give_nothing(string line) => Assert.DoesNotContain(Read.Lines(line).Sightings, static one => one.Sign != Sign.ServerNotesLogged);
}
