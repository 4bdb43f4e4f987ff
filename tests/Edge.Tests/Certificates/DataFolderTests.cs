using Engine.Edge.Certificates;
using Engine.Testing;

namespace Engine.Edge.Tests.Certificates;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class DataFolderTests : IDisposable
{
    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void An_empty_folder_that_others_may_enter_is_closed_to_them()
    {
        Directory.CreateDirectory(_folder["data"], Open);

        DataFolder.Open(_folder["data"]);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["data"]));
    }

    [Fact]
    public void A_folder_of_other_files_that_others_may_enter_is_left_alone_and_refused()
    {
        Directory.CreateDirectory(_folder["home"], Open);
        _folder.Write("home/letter.txt", "dear");

        var refusal = Assert.Throws<EdgeConfigurationException>(() => DataFolder.Open(_folder["home"]));

        Assert.Contains("chmod 700", refusal.Message, StringComparison.Ordinal);
        Assert.NotEqual((UnixFileMode)0, File.GetUnixFileMode(_folder["home"]) & UnixFileMode.OtherExecute);
    }

    [Fact]
    public void A_key_that_others_may_read_is_closed_to_them_when_it_is_read()
    {
        var folder = DataFolder.Open(_folder["data"]);
        File.WriteAllText(folder.PathOf("x"), "text");
        File.SetUnixFileMode(folder.PathOf("x"), UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.Equal("text", folder.Read("x"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.PathOf("x")));
    }

    [Fact]
    public void A_path_that_is_a_file_is_refused_by_name()
    {
        _folder.Write("file", "");

        var refusal = Assert.Throws<EdgeConfigurationException>(() => DataFolder.Open(_folder["file"]));
        Assert.Contains(_folder["file"], refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
