using System.Text;
using Engine.Hosting.Configuration;
using Engine.Hosting.Settings;
using Engine.Ingress;
using Engine.Testing;

namespace Engine.Hosting.Tests.Configuration;

public sealed class LocalConfigurationTests
{
    [Fact]
    public void Rules_are_shown_with_what_differs_from_the_defaults() => Assert.Equal(
        """{"ingress":[{"hostname":"app.example.com","path":"^/a","service":"https://localhost:1","originRequest":{"connectTimeout":5,"httpHostHeader":"inside","noTLSVerify":true}},{"service":"http_status:404","originRequest":{}}],"warp-routing":{}}""",
        Encoding.UTF8.GetString(LocalConfiguration.Write(Rules("""
            ingress:
              - hostname: app.example.com
                path: ^/a
                service: https://localhost:1
                originRequest:
                  connectTimeout: 5s
                  tlsTimeout: 10s
                  httpHostHeader: inside
                  noTLSVerify: true
              - service: http_status:404
            """)).Span));

    private static IngressRules Rules(string text)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("ingress.yaml", text);
        var sources = new ConnectorSources
        {
            CommandLine = [new SettingValue(SettingCatalogue.Find("config")!, [file], "--config", default)],
        };

        return ConnectorConfiguration.Load(sources, out _).Value!.Rules;
    }
}
