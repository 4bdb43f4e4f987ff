using Engine.Hosting.Settings;

namespace Engine.Cli.CommandLine;

/// <summary>What <c>--help</c> prints.</summary>
internal static class HelpText
{
    private const int Column = 34;

    private const string Head =
        """
        engine connects web applications that have no public address to the people who use them.

        Usage
          engine --config FILE                     connector; with an edge in the same process when none is named
          engine tunnel [options] run [TUNNEL]     connector of a tunnel, given by its id, a token or credentials
          engine edge --config FILE                edge: accepts visitors and connectors
          engine version                           print the version
          engine help                              print this

        Options stand anywhere; each is also a key of the file. A value comes from the command line, else from the
        environment variable in brackets, else from the file, else it is the default.

        """;

    private const string Tail =
        """

        Options of cloudflared that have nothing to act on here are accepted with a warning.

        Exit codes
          0    ended normally, or by SIGTERM or SIGINT (another one, a second or more later, ends at once: 128 + its number)
          1    the configuration is faulty, or the program cannot start or go on
          255  the command line cannot be understood

        Try it
          engine --hello-world                     then: curl http://localhost:8080/
          engine --config samples/ingress.yaml     then: curl http://hello.localhost:8080/
        """;

    public static void Write(TextWriter output)
    {
        output.WriteLine(Head);
        output.WriteLine("Options");
        foreach (var setting in SettingCatalogue.All)
        {
            if (setting.Help is null)
            {
                continue;
            }

            var option = $"  --{setting.Name} {setting.Placeholder}".TrimEnd();
            var environment = setting.Environment is null ? "" : $" [{setting.Environment}]";
            output.WriteLine(option.Length < Column
                ? option.PadRight(Column) + setting.Help + environment
                : option + Environment.NewLine + new string(' ', Column) + setting.Help + environment);
        }

        output.WriteLine(Tail);
    }
}
