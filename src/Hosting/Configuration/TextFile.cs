using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Engine.Hosting.Configuration;

/// <summary>Reads small text files that a person wrote, and says in one line why one cannot be read.</summary>
internal static class TextFile
{
    /// <summary>Larger files are refused before they are read.</summary>
    private const int MaxSize = 4 * 1024 * 1024;

    /// <summary>A path in which a leading <c>~/</c> stands for the user's home.</summary>
    public static string Expand(string path) => path.StartsWith("~/", StringComparison.Ordinal)
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[2..])
        : path;

    /// <summary>Reads a file as UTF-8.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">What it holds.</param>
    /// <param name="error">The file, what is wrong with it and what to do.</param>
    public static bool TryRead(string path, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? error)
    {
        text = null;
        error = null;
        path = Expand(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var bounded = new MemoryStream();
            var buffer = new byte[16 * 1024];
            for (int count; (count = stream.Read(buffer)) > 0;)
            {
                // A device or a pipe has no length to ask for.
                if (bounded.Length + count > MaxSize)
                {
                    error = $"'{path}' is larger than {MaxSize / (1024 * 1024)} MiB; check that it is the right file.";
                    return false;
                }

                bounded.Write(buffer, 0, count);
            }

            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bounded.GetBuffer().AsSpan(0, (int)bounded.Length)).TrimStart('\uFEFF');
            return true;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            error = $"'{path}' does not exist (looked in '{Environment.CurrentDirectory}'); check the path.";
        }
        catch (UnauthorizedAccessException)
        {
            error = Directory.Exists(path)
                ? $"'{path}' is a folder; name the file."
                : $"'{path}' may not be read by this user; change its owner or its mode.";
        }
        catch (DecoderFallbackException)
        {
            error = $"'{path}' is not text in UTF-8; check that it is the right file.";
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            error = $"'{path}' cannot be read: {exception.Message}";
        }

        return false;
    }
}
