namespace Engine.Hosting.Configuration;

/// <summary>The folders in which the reference connector looks for its files, in its order.</summary>
public static class DefaultFolders
{
    /// <summary>The folders of this user and this system; they need not exist.</summary>
    public static IReadOnlyList<string> All
    {
        get
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            var folders = new List<string>();
            if (home.Length > 0)
            {
                folders.AddRange([Path.Combine(home, ".cloudflared"), Path.Combine(home, ".cloudflare-warp"), Path.Combine(home, "cloudflare-warp")]);
            }

            if (!OperatingSystem.IsWindows())
            {
                folders.AddRange(["/etc/cloudflared", "/usr/local/etc/cloudflared"]);
            }

            return folders;
        }
    }

    /// <summary>The first of the configuration files that exists in the folders, or null.</summary>
    internal static string? FindConfiguration(IReadOnlyList<string> folders) =>
        folders.SelectMany(folder => new[] { Path.Combine(folder, "config.yml"), Path.Combine(folder, "config.yaml") }).FirstOrDefault(File.Exists);
}
