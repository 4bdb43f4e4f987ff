using System.Text;

namespace Engine.Edge.Certificates;

/// <summary>The folder that outlives a restart: entered by its owner only, and written so that a crash leaves a file whole or absent.</summary>
/// <remarks>Used while the edge starts; not thread-safe.</remarks>
internal sealed class DataFolder
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private DataFolder(string path) => Path = path;

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>Makes or opens the folder.</summary>
    /// <exception cref="EdgeConfigurationException">It cannot be made, or others may enter it and it holds what is not ours.</exception>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(full);
                return new DataFolder(full);
            }

            if (!Directory.Exists(full))
            {
                Directory.CreateDirectory(full, OwnerFolder);
            }
            else if ((File.GetUnixFileMode(full) & Others) != 0)
            {
                Close(full);
            }

            return new DataFolder(full);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EdgeConfigurationException($"The data folder {full} cannot be used: {failure.Message}. Make it writable for this user, or name another.", failure);
        }
    }

    /// <summary>The full path of a file in the folder.</summary>
    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Whether the folder has the file.</summary>
    public bool Contains(string name) => File.Exists(PathOf(name));

    /// <summary>Reads a text file, and takes away what others may do with it.</summary>
    public string Read(string name)
    {
        var path = PathOf(name);
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            {
                File.SetUnixFileMode(path, OwnerFile);
            }

            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EdgeConfigurationException($"{path} cannot be read: {failure.Message}. It must belong to this user.", failure);
        }
    }

    /// <summary>Writes a text file under a name of its own, then moves it into place.</summary>
    public void Write(string name, string text)
    {
        var path = PathOf(name);
        var draft = path + ".new";
        try
        {
            File.Delete(draft);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerFile;
            }

            using (var file = new FileStream(draft, options))
            {
                file.Write(Encoding.ASCII.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EdgeConfigurationException($"{path} cannot be written: {failure.Message}. Make the folder writable for this user.", failure);
        }
    }

    /// <summary>Shuts others out of a folder of ours; of a folder with other content the mode is not ours to change.</summary>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void Close(string full)
    {
        var isOurs = File.Exists(System.IO.Path.Combine(full, CertificateAuthority.CertificateFile));
        if (!isOurs && Directory.GetFileSystemEntries(full).Length > 0)
        {
            throw new EdgeConfigurationException($"The data folder {full} holds other files and other users may enter it. Name an empty or a new folder, or run: chmod 700 '{full}'");
        }

        File.SetUnixFileMode(full, OwnerFolder);
    }
}
