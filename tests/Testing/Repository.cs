namespace Engine.Testing;

/// <summary>The clone that the running tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder of Engine.sln.</summary>
    public static string Root { get; } = Find();

    /// <summary>The full path of something in the clone.</summary>
    public static string At(params string[] path) => Path.Combine([Root, .. path]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Engine.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Engine.sln above {AppContext.BaseDirectory}: run the tests from a clone.");
    }
}
