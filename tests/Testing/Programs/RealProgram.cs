namespace Engine.Testing.Programs;

/// <summary>A program that nobody here wrote, and the Debian package it comes in.</summary>
public sealed record RealProgram(string Name, string Package)
{
    /// <summary>curl, as a visitor.</summary>
    public static RealProgram Curl { get; } = new("curl", "curl");

    /// <summary>nghttp, the HTTP/2 client of nghttp2.</summary>
    public static RealProgram Nghttp { get; } = new("nghttp", "nghttp2-client");

    /// <summary>h2load, the HTTP/2 load generator of nghttp2.</summary>
    public static RealProgram H2Load { get; } = new("h2load", "nghttp2-client");

    /// <summary>nghttpd, the HTTP/2 server of nghttp2.</summary>
    public static RealProgram Nghttpd { get; } = new("nghttpd", "nghttp2-server");

    /// <summary>nginx, as an origin.</summary>
    public static RealProgram Nginx { get; } = new("nginx", "nginx-light");

    /// <summary>The openssl command.</summary>
    public static RealProgram OpenSsl { get; } = new("openssl", "openssl");

    /// <summary>Node, whose HTTP/2 is nghttp2.</summary>
    public static RealProgram Node { get; } = new("node", "nodejs");

    /// <summary>Python 3 with its standard library.</summary>
    public static RealProgram Python { get; } = new("python3", "python3");

    /// <summary>The full path of the program.</summary>
    /// <exception cref="MissingProgramException">It is not installed.</exception>
    public string FullPath
    {
        get
        {
            // Debian keeps servers in sbin, which is not on every user's PATH.
            var path = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/usr/local/sbin:/sbin";
            foreach (var folder in path.Split(':', StringSplitOptions.RemoveEmptyEntries))
            {
                var candidate = Path.Combine(folder, Name);
                if (File.Exists(candidate))
                {
                    return candidate;
                }
            }

            throw new MissingProgramException(this);
        }
    }

    /// <summary>Starts the program.</summary>
    public ProgramRun Start(params string[] arguments) => ProgramRun.Start(FullPath, arguments);

    /// <summary>Starts the program and waits for its end.</summary>
    public async Task<ProgramResult> RunAsync(string[] arguments, TimeSpan? limit = null)
    {
        await using var run = Start(arguments);
        return await run.WaitForExitAsync(limit);
    }
}
