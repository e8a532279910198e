using System.Text;

namespace GoneAway.Evidence.Collecting;

/// <summary>The end of a file that may be large, from the beginning of a line on, its bytes unchanged (as Latin-1).</summary>
public static class FileTail
{
    /// <summary>Null with the reason when it cannot be read.</summary>
    public static string? Read(string path, long most, out string? note, out string? failure)
    {
        (note, failure) = (null, null);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            long length = file.CanSeek ? file.Length : 0;
            bool cut = length > most;
            if (cut)
                file.Seek(length - most, SeekOrigin.Begin);
            // Files of /proc say that they are empty; a file may grow while it is read.
            using var held = new MemoryStream();
            byte[] buffer = new byte[1 << 16];
            int read;
            while (held.Length < most && (read = file.Read(buffer, 0, (int)Math.Min(buffer.Length, most - held.Length))) > 0)
                held.Write(buffer, 0, read);
            string text = Encoding.Latin1.GetString(held.GetBuffer(), 0, (int)held.Length);
            if (cut)
            {
                text = text[(text.IndexOf('\n') + 1)..];
                note = $"the last {text.Length} of {length} bytes";
            }
            return text;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            failure = error switch
            {
                FileNotFoundException or DirectoryNotFoundException => "no such file",
                UnauthorizedAccessException when Directory.Exists(path) => "it is a folder",
                UnauthorizedAccessException => "no permission to read it",
                _ => "cannot be read",
            };
            return null;
        }
    }
}
