namespace Engine.Hosting.Settings;

/// <summary>Every setting of a connector: the names of the reference connector, and a few of our own.</summary>
public static class SettingCatalogue
{
    private static readonly Dictionary<string, Setting> ByName = Index();

    /// <summary>All of them, in the order of the help.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. HonouredSettings.All, .. OriginSettings.All, .. InertSettings.All];

    /// <summary>Every name, aliases included.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>The setting of that name or alias, or null.</summary>
    public static Setting? Find(string name) => ByName.GetValueOrDefault(name);

    private static Dictionary<string, Setting> Index()
    {
        var index = new Dictionary<string, Setting>(StringComparer.Ordinal);
        foreach (var settings in (ReadOnlySpan<IReadOnlyList<Setting>>)[HonouredSettings.All, OriginSettings.All, InertSettings.All])
        {
            foreach (var setting in settings)
            {
                index.Add(setting.Name, setting);
                foreach (var alias in setting.Aliases)
                {
                    index.Add(alias, setting);
                }
            }
        }

        return index;
    }
}
