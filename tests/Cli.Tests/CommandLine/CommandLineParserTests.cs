using Engine.Cli.CommandLine;

namespace Engine.Cli.Tests.CommandLine;

public class CommandLineParserTests
{
    [Theory]
    [InlineData("--config c.yaml", "config=c.yaml")]
    [InlineData("-config c.yaml", "config=c.yaml")]
    [InlineData("--config=c.yaml", "config=c.yaml")]
    [InlineData("tunnel --config c.yaml --edge a:1 --edge b --cacert f --ha-connections 2 --metrics :0 run --token T", "config=c.yaml edge=a:1,b cacert=f ha-connections=2 metrics=:0 token=T")]
    [InlineData("tunnel run --token T --edge a", "token=T edge=a")]
    [InlineData("--token T tunnel run", "token=T")]
    [InlineData("tunnel --hello-world", "hello-world=true")]
    [InlineData("tunnel --no-autoupdate=false run", "no-autoupdate=false")]
    [InlineData("tunnel --no-autoupdate run", "no-autoupdate=true")]
    [InlineData("tunnel run --cred-file f", "credentials-file=f")]
    [InlineData("tunnel -p http2", "protocol=http2")]
    [InlineData("tunnel --loglevel info --loglevel debug", "loglevel=debug")]
    [InlineData("tunnel --token=a=b==", "token=a=b==")]
    [InlineData("tunnel --token -abc", "token=-abc")]
    [InlineData("tunnel --url=", "url=")]
    public void Options_stand_anywhere_in_every_form(string line, string expected)
    {
        var parsed = Parse(line);

        Assert.Empty(parsed.Faults);
        Assert.Equal(Command.Connector, parsed.Command);
        Assert.Equal(
            expected.Split(' ').Order(StringComparer.Ordinal),
            parsed.Settings.Select(value => $"{value.Setting.Name}={string.Join(',', value.Texts)}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", Command.Help)]
    [InlineData("help", Command.Help)]
    [InlineData("--help", Command.Help)]
    [InlineData("tunnel run -h", Command.Help)]
    [InlineData("version", Command.Version)]
    [InlineData("--version", Command.Version)]
    [InlineData("edge --config e.yaml", Command.Edge)]
    [InlineData("--config e.yaml edge", Command.Edge)]
    [InlineData("tunnel", Command.Connector)]
    [InlineData("tunnel run", Command.Connector)]
    public void Words_choose_the_command(string line, object expected)
    {
        var parsed = Parse(line);

        Assert.Empty(parsed.Faults);
        Assert.Equal(expected, parsed.Command);
    }

    [Theory]
    [InlineData("tunnel run my-tunnel", "my-tunnel")]
    [InlineData("tunnel --config c run my-tunnel", "my-tunnel")]
    [InlineData("tunnel run --edge a my-tunnel --metrics :0", "my-tunnel")]
    [InlineData("tunnel run -- -strange-", "-strange-")]
    [InlineData("tunnel run", null)]
    public void The_last_word_is_the_tunnel(string line, string? expected) => Assert.Equal(expected, Parse(line).Tunnel);

    [Theory]
    [InlineData("--cnofig c.yaml", "There is no option '--cnofig'. Did you mean '--config'?")]
    [InlineData("tunnel --zebra 3 run", "There is no option '--zebra'.")]
    [InlineData("tunnel --edge", "--edge needs a value: --edge HOST[:PORT]")]
    [InlineData("tunnel --edge --cacert f", "--edge needs a value: --edge HOST[:PORT]")]
    [InlineData("tunel run", "There is no command 'tunel'. Did you mean 'tunnel'?")]
    [InlineData("tunnel rn", "There is no command 'rn'. Did you mean 'run'?")]
    [InlineData("tunnel create x", "'create' is not part of this program. 'tunnel' has the one command 'run'.")]
    [InlineData("login", "'login' is not part of this program. There are 'tunnel', 'edge', 'version' and 'help'.")]
    [InlineData("tunnel run a b", "'tunnel run' takes one tunnel: its id or its name.")]
    [InlineData("edge x", "'edge' takes no further word, and 'x' stands there.")]
    [InlineData("edge --ha-connections 3", "--ha-connections is an option of a connector")]
    public void What_cannot_be_understood_is_told_with_the_nearest_name(string line, string expected)
    {
        Assert.StartsWith(expected, Assert.Single(Parse(line).Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_is_told_at_once() => Assert.Equal(3, Parse("tunel --cnofig c --edge").Faults.Count);

    private static ParsedCommandLine Parse(string line) =>
        CommandLineParser.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
