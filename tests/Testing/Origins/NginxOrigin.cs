using Engine.Testing.Programs;

namespace Engine.Testing.Origins;

/// <summary>nginx as an origin: a configuration, prefix and process of its own in a temporary folder, on a loopback port.</summary>
public sealed class NginxOrigin : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly ProgramRun _run;

    private NginxOrigin(TemporaryFolder folder, ProgramRun run, int port)
    {
        _folder = folder;
        _run = run;
        Port = port;
    }

    /// <summary>The loopback port it listens on.</summary>
    public int Port { get; }

    /// <summary>Where it serves from; a PUT under <c>/upload/</c> lands in the folder <c>upload</c> inside.</summary>
    public string Root => _folder["www"];

    /// <summary>Starts nginx.</summary>
    /// <param name="locations">Further directives for the server block.</param>
    /// <param name="listen">Further parameters of <c>listen</c>, such as <c>http2</c> or <c>ssl</c>.</param>
    /// <param name="prepare">Fills the folder with what the configuration names, before nginx starts.</param>
    public static async Task<NginxOrigin> StartAsync(
        string locations = "", string listen = "", Action<TemporaryFolder>? prepare = null)
    {
        var folder = new TemporaryFolder();
        var port = FreePort.Next();
        try
        {
            Directory.CreateDirectory(folder["www/upload"]);
            prepare?.Invoke(folder);
            var configuration = folder.Write("nginx.conf", Configuration(folder.Path, port, locations, listen));
            var run = RealProgram.Nginx.Start("-p", folder.Path, "-c", configuration, "-e", "stderr");
            await run.WaitForPortAsync(port);
            return new NginxOrigin(folder, run, port);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _run.DisposeAsync();
        _folder.Dispose();
    }

    // One process, in the foreground, that writes nothing outside its folder. No user directive: without a master nobody is switched to.
    private static string Configuration(string folder, int port, string locations, string listen) => $$"""
        daemon off;
        master_process off;
        pid {{folder}}/nginx.pid;
        error_log stderr warn;
        events { worker_connections 1024; }
        http {
          access_log off;
          default_type application/octet-stream;
          client_max_body_size 0;
          client_body_temp_path {{folder}}/body;
          proxy_temp_path {{folder}}/proxy;
          fastcgi_temp_path {{folder}}/fastcgi;
          scgi_temp_path {{folder}}/scgi;
          uwsgi_temp_path {{folder}}/uwsgi;
          keepalive_requests 100000;
          server {
            listen 127.0.0.1:{{port}} {{listen}};
            root {{folder}}/www;
            location /upload/ { dav_methods PUT; create_full_put_path on; }
            {{locations}}
          }
        }
        """;
}
