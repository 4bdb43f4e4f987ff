using System.Text;
using Engine.Hosting.Settings;
using Engine.Ingress;
using Engine.Tunnels;

namespace Engine.Hosting.Configuration;

/// <summary>Finds the tunnel's credentials: token, token file, contents, file, and last a search by the tunnel's id.</summary>
/// <param name="values">The settings in force.</param>
/// <param name="sources">For the folders to search.</param>
/// <param name="faults">Where faults go.</param>
internal sealed class CredentialsSource(SettingValues values, ConnectorSources sources, List<ConfigurationFault> faults)
{
    private static readonly string[] Names = ["token", "token-file", "credentials-contents", "credentials-file"];

    /// <summary>Whether any setting names credentials.</summary>
    public static bool IsNamed(SettingValues values) => Names.Any(name => values.Text(name) is not null);

    /// <summary>The credentials, or null beside a fault.</summary>
    /// <param name="tunnel">The tunnel's id or name as given, or null.</param>
    /// <param name="position">Where it stands in the file, if there.</param>
    public TunnelCredentials? Find(string? tunnel, TextPosition position)
    {
        if (values.Text("token") is { } token)
        {
            return Token(values.Find("token")!, token);
        }

        if (values.Text("token-file") is { } tokenFile)
        {
            var value = values.Find("token-file")!;
            return Read(value, tokenFile) is { } text ? Token(value, text.Trim()) : null;
        }

        if (values.Text("credentials-contents") is { } contents)
        {
            return Credentials(values.Find("credentials-contents")!, contents, tunnel);
        }

        if (values.Text("credentials-file") is { } file)
        {
            var value = values.Find("credentials-file")!;
            return Read(value, file) is { } text ? Credentials(value, text, tunnel) : null;
        }

        return Search(tunnel, position);
    }

    private TunnelCredentials? Search(string? tunnel, TextPosition position)
    {
        if (tunnel is null)
        {
            faults.Add(new ConfigurationFault("An edge is named and no tunnel: give --token, or --credentials-file, or 'tunnel:' in the file.", 0, 0));
            return null;
        }

        if (!Guid.TryParse(tunnel, out var id))
        {
            faults.Add(new ConfigurationFault($"Tunnel '{tunnel}': the credentials of a tunnel are found by its id, not by its name; give its id, or --credentials-file.", position.Line, position.Column));
            return null;
        }

        var folders = sources.SearchFolders.AsEnumerable();
        if (values.Text("origincert") is { } certificate && Path.GetDirectoryName(Path.GetFullPath(TextFile.Expand(certificate))) is { } beside)
        {
            folders = folders.Prepend(beside);
        }

        var candidates = folders.Select(folder => Path.Combine(folder, id + ".json")).ToArray();
        if (candidates.FirstOrDefault(File.Exists) is { } path)
        {
            var source = new SettingValue(SettingCatalogue.Find("credentials-file")!, [path], "the credentials file", position);
            return Read(source, path) is { } text ? Credentials(source, text, tunnel) : null;
        }

        faults.Add(new ConfigurationFault(
            $"Tunnel {id}: its credentials file was not found; give --credentials-file or --token, or put the file at one of: {string.Join(", ", candidates)}.",
            position.Line,
            position.Column));
        return null;
    }

    private string? Read(SettingValue value, string path)
    {
        if (TextFile.TryRead(path, out var text, out var error))
        {
            return text;
        }

        values.Report(value, $"{value.Where}: {error}");
        return null;
    }

    private TunnelCredentials? Token(SettingValue value, string token)
    {
        try
        {
            return TunnelCredentials.FromToken(token);
        }
        catch (FormatException exception)
        {
            values.Report(value, $"{value.Where}: {exception.Message}");
            return null;
        }
    }

    /// <summary>An id that was given beside the credentials overrides theirs, as in the reference: old files have none.</summary>
    private TunnelCredentials? Credentials(SettingValue value, string json, string? tunnel)
    {
        try
        {
            var credentials = TunnelCredentials.FromFile(Encoding.UTF8.GetBytes(json));
            credentials = Guid.TryParse(tunnel, out var id) ? credentials with { TunnelId = id } : credentials;
            if (credentials.TunnelId != Guid.Empty)
            {
                return credentials;
            }

            values.Report(value, $"{value.Where} names no tunnel; give the tunnel's id after 'run', or as 'tunnel:' in the file.");
        }
        catch (FormatException exception)
        {
            values.Report(value, $"{value.Where}: {exception.Message}");
        }

        return null;
    }
}
